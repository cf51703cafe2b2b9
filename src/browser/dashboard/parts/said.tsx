import { useSignal, useSignalEffect } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { type Connection, board, connection, said, services } from "../store.ts";
import { Sentence } from "./common.tsx";
import { announcement, standing } from "../words.ts";

/** What came of what one has done last. */
export function SaidNote(): VNode {
  const note = said.value;
  useEffect(() => {
    if (note?.tone !== "good") return;
    const timer = setTimeout(() => (said.value = null), shownMs);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <div class="said" role="status">
      {note !== null && (
        <p class={note.tone}>
          <span aria-hidden="true">{note.tone === "bad" ? "✕" : "✓"}</span>{" "}
          <Sentence text={note.text} />
          <button type="button" class="icon" onClick={() => (said.value = null)}>
            <span aria-hidden="true">×</span>
            <span class="sr">Dismiss</span>
          </button>
        </p>
      )}
    </div>
  );
}

/** What went well is of no interest for long; what did not stays until somebody has read it. */
const shownMs = 8000;

/** The title where what is shown may be old. */
const unknowns: Readonly<Partial<Record<Connection, string>>> = {
  ended: "✕ gust has ended",
  refused: "✕ not let in · gust",
  resting: "gust",
};

/** Tells screen readers, and the title of the window, how it is when that changes. */
export function Announcer(): VNode {
  const told = useSignal("");
  useSignalEffect(() => {
    const one = board.value;
    if (one === null) return;
    // What the tab says is true now, or says that it is not known.
    const unknown = unknowns[connection.value];
    if (unknown !== undefined) {
      document.title = unknown;
      return;
    }
    told.value = announcement(one);
    const { tone, words } = standing(one);
    const sign = { good: "●", bad: "✕", busy: "…", warn: "◐", none: "○" }[tone];
    const name = services.value.length > 1 ? ` · ${one.name}` : "";
    document.title = `${sign} ${words}${name} · gust`;
  });
  return (
    <p class="sr" role="status">
      {told}
    </p>
  );
}

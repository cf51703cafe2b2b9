import type { VNode } from "preact";
import { shortcutsOpen } from "../keys.ts";
import { type Connection, connection, model } from "../store.ts";
import { nextTheme, theme } from "../theme.ts";
import { baseName } from "../words.ts";
import { Outside } from "./common.tsx";

/** What the page is about, and whether it is up to date. */
export function Header(): VNode {
  const about = model.value.dashboard?.about;
  const name = about === undefined ? "" : baseName(about.root);
  return (
    <header>
      <div class="top">
        <span class="brand">
          <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 12h15a4.5 4.5 0 1 0-4.5-4.5M3 18h21a4 4 0 1 1-4 4M3 24h9" />
          </svg>
          gust
        </span>
        <h1 title={about?.root}>
          <Outside text={name} />{" "}
          {about !== undefined && about.environment !== "" && (
            <span class="tag">
              <Outside text={about.environment} />
            </span>
          )}
        </h1>
        <span class={`connection connection-${connection.value}`} role="status">
          <span aria-hidden="true">{signs[connection.value]}</span> {words[connection.value]}
        </span>
        <button
          type="button"
          class="icon"
          onClick={nextTheme}
          title={`Theme: ${themeWords[theme.value]}`}
        >
          <span aria-hidden="true">{{ system: "◐", light: "☀", dark: "☾" }[theme.value]}</span>
          <span class="sr">Theme: {themeWords[theme.value]}</span>
        </button>
        <button
          type="button"
          class="icon"
          title="Shortcuts"
          onClick={() => (shortcutsOpen.value = true)}
        >
          <span aria-hidden="true">?</span>
          <span class="sr">Shortcuts</span>
        </button>
      </div>
      <ConnectionNote />
    </header>
  );
}

/** What to do while what is shown may be old. */
function ConnectionNote(): VNode | null {
  if (connection.value === "ended") {
    return (
      <p class="note">
        {model.value.dashboard === null
          ? "gust does not answer."
          : "gust has ended; this is how it was last."}{" "}
        After a new start, <code>gust ui</code> leads to its dashboard.
      </p>
    );
  }
  if (connection.value === "refused") {
    return (
      <p class="note">
        This address is of another run of gust, or lacks its key. <code>gust ui</code> opens the
        right one, and so does the key <kbd>u</kbd> in its terminal.
      </p>
    );
  }
  return null;
}

const themeWords = { system: "as the system", light: "light", dark: "dark" } as const;

const signs: Readonly<Record<Connection, string>> = {
  connecting: "…",
  open: "●",
  ended: "✕",
  refused: "✕",
  resting: "…",
};

const words: Readonly<Record<Connection, string>> = {
  connecting: "connecting",
  open: "connected",
  ended: "gust has ended",
  refused: "not let in",
  resting: "resting",
};

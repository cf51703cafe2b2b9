import type { VNode } from "preact";
import type { ServiceBoard } from "../../../core/dashboard.ts";
import type { ShownFailure, ShownPlace } from "../../../core/shown-failure.ts";
import { plainText } from "../ansi.ts";
import { act } from "../requests.ts";
import { go, route } from "../store.ts";
import { Outside, PlaceButton, Sentence } from "./common.tsx";

/** Why the newest save is not live, with places to go to and what would put it right. */
export function CurrentFailure({ board }: { board: ServiceBoard }): VNode | null {
  const { failure, state } = board;
  if (failure === null) return null;
  // Whoever is at something else is told, and not stopped.
  const short = route.value.tab !== "overview";
  return (
    <section class={`card failure ${short ? "failure-short" : ""}`} aria-labelledby="failure-title">
      <h2 id="failure-title">
        <span aria-hidden="true" class="glyph">
          ✕
        </span>{" "}
        #{state.failed ?? state.newest} is not live: <Outside text={failure.message} />
      </h2>
      {short ? (
        <button type="button" class="link" onClick={() => go({ tab: "overview" })}>
          Show why
        </button>
      ) : (
        <FailureBody failure={failure} service={board.name} />
      )}
      {state.serving === null && <p class="quiet">Nothing runs; the next good save starts it.</p>}
    </section>
  );
}

/** A failure without its message. */
export function FailureBody({
  failure,
  service,
}: {
  failure: ShownFailure;
  service: string;
}): VNode {
  const { seen, places, hint, fix } = failure;
  return (
    <>
      {places.length > 0 && (
        <ol class="places">
          {places.map((place, index) => (
            // Two messages may stand at one place.
            <PlaceItem place={place} key={index} />
          ))}
        </ol>
      )}
      {seen.length > 0 && (
        <pre class="seen" tabIndex={0} role="group" aria-label="What was seen">
          {seen.map(plainText).join("\n")}
        </pre>
      )}
      {hint !== null && (
        <p class="hint">
          <Sentence text={hint} />
        </p>
      )}
      {fix !== null && (
        <button
          type="button"
          class="primary"
          onClick={() => void act({ type: "fix", service }, `gust runs go ${fix.join(" ")}.`)}
        >
          Run <code>{plainText(["go", ...fix].join(" "))}</code>
        </button>
      )}
    </>
  );
}

function PlaceItem({ place }: { place: ShownPlace }): VNode {
  return (
    <li class={place.own ? "" : "foreign"}>
      <PlaceButton file={place.file} line={place.line} column={place.column} />{" "}
      <span class="place-message">
        <Outside text={place.message} />
      </span>
      {place.frame.length > 0 && <Frame lines={place.frame} />}
    </li>
  );
}

function Frame({ lines }: { lines: readonly string[] }): VNode {
  return (
    <pre class="frame" tabIndex={0} role="group" aria-label="Source">
      {lines.map((line, index) => (
        <FrameLine line={plainText(line)} key={index} />
      ))}
    </pre>
  );
}

function FrameLine({ line }: { line: string }): VNode {
  const caret = /^ +\| +(?=\^$)/.exec(line)?.[0] ?? null;
  return (
    <span class={`frame-line ${line.startsWith(">") ? "frame-here" : ""}`}>
      {caret ?? line}
      {caret !== null && <span class="bad">^</span>}
      {"\n"}
    </span>
  );
}

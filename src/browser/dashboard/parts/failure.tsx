import type { VNode } from "preact";
import type { ServiceBoard } from "../../../core/dashboard.ts";
import type { ShownFailure, ShownPlace } from "../../../core/shown-failure.ts";
import { plainText } from "../ansi.ts";
import { act } from "../requests.ts";
import { Outside, PlaceButton } from "./common.tsx";

/** Why the newest save is not live, with places to go to and what would put it right. */
export function CurrentFailure({ board }: { board: ServiceBoard }): VNode | null {
  const { failure, state } = board;
  if (failure === null) return null;
  const serving =
    state.serving === null
      ? "Nothing runs; the next good save starts it."
      : `#${state.serving.generation} serves on.`;
  return (
    <section class="card failure" aria-labelledby="failure-title">
      <h2 id="failure-title">
        <span aria-hidden="true" class="glyph">
          ✕
        </span>{" "}
        #{state.failed ?? state.newest} is not live
      </h2>
      <FailureBody failure={failure} service={board.name} />
      <p class="quiet">{serving}</p>
    </section>
  );
}

/** A failure without its heading. */
export function FailureBody({
  failure,
  service,
}: {
  failure: ShownFailure;
  service: string;
}): VNode {
  const { message, code, seen, places, hint, fix } = failure;
  return (
    <>
      <p class="failure-message">
        <Outside text={message} /> <code class="code">{code}</code>
      </p>
      {places.length > 0 && (
        <ol class="places">
          {places.map((place, index) => (
            // Two messages may stand at one place.
            <PlaceItem place={place} key={index} />
          ))}
        </ol>
      )}
      {seen.length > 0 && (
        <pre class="seen" tabIndex={0} role="region" aria-label="What was seen">
          {seen.map(plainText).join("\n")}
        </pre>
      )}
      {hint !== null && (
        <p class="hint">
          <Outside text={hint} />
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
    <pre class="frame" tabIndex={0} role="region" aria-label="Source">
      {lines.map((line, index) => (
        <span class={frameClass(line)} key={index}>
          {plainText(line)}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

function frameClass(line: string): string {
  if (line.startsWith(">")) return "frame-line frame-here";
  return /^ +\| +\^$/.test(line) ? "frame-line frame-caret" : "frame-line";
}

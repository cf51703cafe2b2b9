import type { ComponentChildren, VNode } from "preact";
import { plainText } from "../ansi.ts";
import { now, root } from "../store.ts";
import { openPlace } from "../requests.ts";
import { elapsed, fileName, sentence } from "../words.ts";

/** Text from outside: shown as it is, in a line of its own direction. */
export function Outside({ text }: { text: string }): VNode {
  return <bdi>{plainText(text)}</bdi>;
}

/** A sentence of gust's own, with what stands between backquotes as code. */
export function Sentence({ text }: { text: string }): VNode {
  const pieces = plainText(sentence(text)).split("`");
  // With an odd one something else was meant.
  if (pieces.length % 2 === 0) return <bdi>{pieces.join("`")}</bdi>;
  return (
    <bdi>
      {pieces.map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece))}
    </bdi>
  );
}

/** Part of a panel with a heading. */
export function Card(props: {
  title: ComponentChildren;
  /** Beside the heading. */
  aside?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}): VNode {
  return (
    <section class={`card ${props.class ?? ""}`}>
      <header class="card-head">
        <h3>{props.title}</h3>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

/** What stands where there is nothing yet: why, and what to do. */
export function Empty({ children }: { children: ComponentChildren }): VNode {
  return <p class="empty">{children}</p>;
}

/** Milliseconds since then, ticking: `3 min 5 s`. */
export function Since({ at }: { at: number }): VNode {
  return <time dateTime={new Date(at).toISOString()}>{elapsed(now.value - at)}</time>;
}

/** `12:03:22`, with the date where that is another day. */
export function Clock({ at }: { at: number }): VNode {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en-GB");
  const sameDay = date.toDateString() === new Date(now.value).toDateString();
  return (
    <time dateTime={date.toISOString()}>
      {sameDay ? time : `${date.toLocaleDateString("en-CA")} ${time}`}
    </time>
  );
}

/** A place in a source file; it opens in the editor. */
export function PlaceButton({
  file,
  line,
  column = 0,
}: {
  file: string;
  line: number;
  column?: number;
}): VNode {
  const name = `${fileName(file, root.value)}:${line}${column > 0 ? `:${column}` : ""}`;
  return (
    <button
      type="button"
      class="place"
      title="Open in your editor"
      onClick={() => openPlace({ file, line, column })}
    >
      <bdi>{name}</bdi>
      <span class="sr"> open in your editor</span>
    </button>
  );
}

/** A table that scrolls by itself where the screen is narrow. */
export function Table(props: {
  caption: string;
  heads: readonly Head[];
  children: ComponentChildren;
}): VNode {
  return (
    // What scrolls has to be reached by the keyboard.
    <div class="table-box" role="group" aria-label={props.caption} tabIndex={0}>
      <table>
        <caption class="sr">{props.caption}</caption>
        <thead>
          <tr>
            {props.heads.map(({ text, number = false }) => (
              <th scope="col" class={number ? "number" : ""} key={text}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

export interface Head {
  readonly text: string;
  readonly number?: boolean;
}

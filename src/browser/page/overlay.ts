import type { OpenRequest, Trouble } from "../../core/page-state.ts";
import type { ShownFailure, ShownPlace } from "../../core/shown-failure.ts";
import { button, element } from "./element.ts";

export interface OverlayActions {
  /** Opens the editor; null where that is not allowed. Gives what went wrong, or null. */
  readonly open: ((place: OpenRequest) => Promise<string | null>) | null;
  readonly close: () => void;
}

/** What is under the failure: which version serves, and what is on its way already (null: nothing). */
export interface Progress {
  readonly newest: number | null;
  readonly serving: number | null;
}

export interface Overlay {
  readonly element: Element;
  /** Says it in place, so that no focus is lost and nothing is read out again. */
  readonly progress: (progress: Progress) => void;
}

/** The panel with the failure. It takes no focus, and leaves the page alive. */
export function overlay({ failure, generation }: Trouble, actions: OverlayActions): Overlay {
  const content = element(
    "div",
    { class: "content", tabindex: "0", role: "group", "aria-label": "Details" },
    ...(failure === null
      ? [element("p", {}, "See gust's terminal.")]
      : failureParts(failure, actions)),
  );
  const foot = element("footer", {});
  const title = failure?.message ?? "The newest save is not live";
  const panel = element(
    "div",
    { class: "panel", role: "dialog", "aria-labelledby": "title" },
    element(
      "header",
      {},
      element("span", { class: "number" }, `#${generation}`),
      element("div", { id: "title", role: "alert" }, title),
      element("span", { class: "code" }, failure?.code ?? ""),
      button({ class: "close", "aria-label": "Close" }, actions.close, "×"),
    ),
    content,
    foot,
  );
  const progress = ({ newest, serving }: Progress): void => {
    const under = serving === null ? "No version answers." : `#${serving} serves on.`;
    const next = newest === null ? "Esc closes this." : `#${newest} is on its way.`;
    foot.textContent = `${under} ${next}`;
  };
  return { element: panel, progress };
}

function failureParts(failure: ShownFailure, { open }: OverlayActions): readonly Element[] {
  const { places, seen, hint, fix } = failure;
  return [
    ...places.map((place) => placePart(place, open)),
    ...(seen.length === 0 ? [] : [element("section", {}, codeLines(seen))]),
    ...(hint === null ? [] : [element("p", {}, element("strong", {}, "Hint: "), hint)]),
    ...(fix === null
      ? []
      : [element("p", {}, element("b", {}, "gust fix"), ` runs go ${fix.join(" ")}`)]),
  ];
}

function placePart(place: ShownPlace, open: OverlayActions["open"]): Element {
  const { name, line, column, message, own, frame } = place;
  const where = element("b", {}, `${name}:${line}${column > 0 ? `:${column}` : ""}`);
  const answer = element("span", { class: "answer", role: "status" });
  const head =
    open === null
      ? element("div", { class: "place" }, where, ` ${message}`)
      : button(
          { class: "place", title: "Open in the editor" },
          () => {
            answer.textContent = "";
            open({ file: place.file, line, column }).then(
              (wrong) => (answer.textContent = wrong ?? ""),
              () => undefined,
            );
          },
          where,
          ` ${message}`,
        );
  return element(
    "section",
    own ? {} : { class: "foreign" },
    head,
    answer,
    ...(frame.length === 0 ? [] : [codeLines(frame)]),
  );
}

function codeLines(lines: readonly string[]): Element {
  return element(
    "pre",
    {},
    ...lines.map((line) => element("span", line.startsWith(">") ? { class: "mark" } : {}, line)),
  );
}

import type { BadgeFace } from "./badge-face.ts";
import { button, element } from "./element.ts";

export interface BadgeActions {
  readonly act: (action: NonNullable<BadgeFace["action"]>) => void;
  readonly close: () => void;
}

/** A word in the corner: from which build the page is, when that is not the newest. */
export function badge({ tone, text, action }: BadgeFace, { act, close }: BadgeActions): Element {
  const words =
    action === null
      ? element("span", { class: "text" }, text)
      : button(
          { class: "text", title: action === "reload" ? "Reload" : "Show why" },
          () => act(action),
          text,
        );
  return element(
    "div",
    { class: `badge ${tone}`, role: "status", "aria-label": `gust: ${text}` },
    words,
    button(
      { class: "close", "aria-label": "Hide for this session", title: "Hide for this session" },
      close,
      "×",
    ),
  );
}

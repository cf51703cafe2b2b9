import { originText } from "../../adapters/editor/candidate.ts";
import type { ChosenEditor } from "../../adapters/editor/choose-editor.ts";
import type { EditorFact } from "./facts.ts";
import { type Finding, advice, ok } from "./finding.ts";

/** Which editor is opened by a key and by a click, and why that one. */
export function judgeEditor({ terminal, browser }: EditorFact): Finding {
  if ("code" in terminal) {
    const seen = [terminal.message, terminal.seen].filter((part) => part !== undefined).join(": ");
    // Nobody has asked for one, unless it was set.
    const wanted = terminal.seen !== undefined;
    return wanted ? advice("editor", seen, terminal.hint ?? null) : ok("editor", seen);
  }
  if ("code" in browser) {
    return ok("editor", `${text(terminal)}; from a browser none: ${browser.message}`);
  }
  const same = terminal.argv[0] === browser.argv[0];
  return ok("editor", same ? text(terminal) : `${text(terminal)}; from a browser ${text(browser)}`);
}

function text({ name, argv: [program = ""], origin }: ChosenEditor): string {
  return `${name} (${program}), ${originText(origin)}`;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChosenEditor } from "../../adapters/editor/choose-editor.ts";
import type { Failure } from "../../core/failure.ts";
import type { EditorFact } from "./facts.ts";
import { judge } from "./judge.ts";

function check(fact: Omit<EditorFact, "type">, expected: string): void {
  const [found] = judge({ type: "editor", ...fact });
  const { verdict, seen, hint } = found ?? { verdict: "", seen: "", hint: null };
  assert.equal(`${verdict}: ${seen}${hint === null ? "" : ` [${hint}]`}`, expected);
}

const editor = (name: string, origin: ChosenEditor["origin"]): ChosenEditor => ({
  name,
  argv: [`/bin/${name}`, "/m.go"],
  terminal: false,
  unknown: false,
  origin,
});

const missing = (message: string, seen?: string): Failure => ({
  code: "EDITOR_MISSING",
  message,
  hint: "set one",
  ...(seen === undefined ? {} : { seen }),
});

test("the editor is named with its place and why it is the one", () => {
  const code = editor("code", { type: "running", pid: 7 });
  const vim = editor("vim", { type: "variable", name: "EDITOR" });
  check({ terminal: code, browser: code }, "ok: code (/bin/code), it runs, as process 7");
  check(
    { terminal: vim, browser: code },
    "ok: vim (/bin/vim), $EDITOR; from a browser code (/bin/code), it runs, as process 7",
  );
  check(
    { terminal: vim, browser: missing("vim needs a terminal", "it is $EDITOR") },
    "ok: vim (/bin/vim), $EDITOR; from a browser none: vim needs a terminal",
  );
});

test("an editor that was set and is not there is worth a thought, and none is not", () => {
  const none = missing("no editor is known");
  check({ terminal: none, browser: none }, "ok: no editor is known");
  const gone = missing("the editor zed is not there", "it is the editor by $GUST_EDITOR");
  const expected = "the editor zed is not there: it is the editor by $GUST_EDITOR";
  check({ terminal: gone, browser: gone }, `advice: ${expected} [set one]`);
});

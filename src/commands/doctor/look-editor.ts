import { join } from "node:path";
import { whichEditor } from "../../adapters/editor/open-in-editor.ts";
import type { Config } from "../../config/config.ts";
import type { EditorFact } from "./facts.ts";

/** The editor that would be opened, from the terminal and from a browser. */
export function lookAtEditor(
  { dir, editor }: Pick<Config, "dir" | "editor">,
  env: Readonly<Record<string, string | undefined>>,
): EditorFact {
  const place = { file: join(dir, "main.go"), line: 1, column: 0 };
  const options = { command: editor.command, dir, env };
  return {
    type: "editor",
    terminal: whichEditor(place, { ...options, from: "terminal" }),
    browser: whichEditor(place, { ...options, from: "browser" }),
  };
}

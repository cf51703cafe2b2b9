import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import type { Failure } from "../../core/failure.ts";
import type { Candidate, Env } from "./candidate.ts";
import { type ChosenEditor, type EditorFacts, chooseEditor } from "./choose-editor.ts";
import { findProgram, isExecutable } from "./find-program.ts";
import type { EditorPlace } from "./place.ts";
import { userProcesses } from "./processes.ts";
import { runningEditors } from "./running.ts";
import { startEditor } from "./start-editor.ts";

export interface EditorOptions {
  /** `command` of [editor]. */
  readonly command: readonly string[];
  /** Absolute; where the editor is started, and what paths are relative to. */
  readonly dir: string;
  readonly env: Env;
}

export interface OpenOptions extends EditorOptions {
  /** From a browser no editor is opened that needs a terminal. */
  readonly from: EditorFacts["from"];
  /** Gives gust's terminal to an editor for as long as it runs. */
  readonly lend?: (use: () => Promise<Failure | null>) => Promise<Failure | null>;
}

/**
 * Opens a place in the user's editor; null when that was done, as far as it can be seen. Which files
 * somebody may open is to be asked before (`mayOpen`). Failures: EDITOR_MISSING, EDITOR_FAILED.
 */
export async function openInEditor(
  place: EditorPlace,
  options: OpenOptions,
): Promise<Failure | null> {
  const { dir, env, lend = (use) => use() } = options;
  const file = resolve(dir, place.file);
  if (file.includes("\0")) {
    return { code: "REQUEST_INVALID", message: "no file has a name with a zero byte" };
  }
  const choice = whichEditor({ ...place, file }, options);
  if ("code" in choice) return choice;
  const start = (): Promise<Failure | null> => startEditor(choice, { dir, env });
  return choice.terminal ? lend(start) : start();
}

/** The editor that would be opened, and why this one. Failures: EDITOR_MISSING. */
export function whichEditor(
  place: EditorPlace,
  { command, dir, env, from }: EditorOptions & Pick<OpenOptions, "from">,
): ChosenEditor | Failure {
  const { platform } = process;
  let seen: readonly Candidate[] | null = null;
  return chooseEditor(place, {
    command,
    env,
    from,
    find: (program) => findProgram(program, { dir, env, platform, isExecutable }),
    // An address that is no path may be one on a network.
    answers: (address) => !isAbsolute(address) || existsSync(address),
    running: () => (seen ??= runningEditors(userProcesses(platform), dir)),
  });
}

import { spawn } from "node:child_process";
import type { Failure } from "../../core/failure.ts";
import type { EditorCommand } from "./editor.ts";

/**
 * Runs an editor. One that needs the terminal is waited for, and has it for this time: the caller
 * must have left it. Others are started and left alone. Null when it could be started.
 */
export function openEditor(command: EditorCommand, dir: string): Promise<Failure | null> {
  const [program = "", ...args] = command.argv;
  const child = spawn(program, args, {
    cwd: dir,
    stdio: command.terminal ? "inherit" : "ignore",
    detached: !command.terminal,
    // The launchers of some editors are batch files, which Windows runs through a shell alone:
    // those it refuses, as a path must never become part of a shell string.
    shell: false,
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(editorFailure(program, error)));
    if (command.terminal) {
      child.once("exit", () => resolve(null));
    } else {
      child.once("spawn", () => {
        child.unref();
        resolve(null);
      });
    }
  });
}

function editorFailure(program: string, error: Error): Failure {
  return {
    code: "IO_FAILED",
    message: `the editor ${program} could not be started`,
    seen: error.message,
    hint: "set GUST_EDITOR to an editor that is there",
  };
}

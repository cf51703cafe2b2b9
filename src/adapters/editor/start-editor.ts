import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "../../core/failure.ts";
import type { Env } from "./candidate.ts";
import type { EditorCommand } from "./known-editors.ts";

export interface StartOptions {
  /** Where it is started. */
  readonly dir: string;
  readonly env: Env;
}

type Command = Pick<EditorCommand, "argv" | "terminal">;

/**
 * Runs an editor. One that needs the terminal is waited for, and has it for this time: the caller
 * must have left it. Others are left alone; what they say at once of a failure is told. Null when it
 * could be started. Failures: EDITOR_FAILED.
 */
export function startEditor(command: Command, options: StartOptions): Promise<Failure | null> {
  return command.terminal ? inTerminal(command, options) : besides(command, options);
}

function inTerminal({ argv }: Command, { dir, env }: StartOptions): Promise<Failure | null> {
  const [program = "", ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: dir, env, stdio: "inherit", shell: false });
    child.once("error", (error) => resolve(notStarted(program, error)));
    child.once("exit", () => resolve(null));
  });
}

/** An editor that still runs after this time has a window, or has found somebody to ask. */
const SETTLED_MS = 2000;

async function besides({ argv }: Command, { dir, env }: StartOptions): Promise<Failure | null> {
  const [program = "", ...args] = argv;
  const said = openSaid();
  try {
    return await new Promise((resolve) => {
      const child = spawn(program, args, {
        cwd: dir,
        env,
        // A pipe would break when gust ends, and the editor with it.
        stdio: ["ignore", "ignore", said.descriptor ?? "ignore"],
        detached: true,
        shell: false,
        windowsHide: true,
      });
      const settled = setTimeout(() => {
        child.removeAllListeners("exit");
        child.unref();
        resolve(null);
      }, SETTLED_MS);
      child.once("error", (error) => {
        clearTimeout(settled);
        resolve(notStarted(program, error));
      });
      child.once("exit", (code, signal) => {
        clearTimeout(settled);
        resolve(endedWith(program, code ?? signal ?? 0, said.text()));
      });
    });
  } finally {
    said.close();
  }
}

interface Said {
  /** Null where there is no place to write to. */
  readonly descriptor: number | null;
  readonly text: () => string;
  readonly close: () => void;
}

/** A file for what the editor says, which has no name by the time when it does. */
function openSaid(): Said {
  try {
    const dir = mkdtempSync(join(tmpdir(), "gust-editor-"));
    try {
      const descriptor = openSync(join(dir, "said"), "w+", 0o600);
      return { descriptor, text: () => readStart(descriptor), close: () => closeSync(descriptor) };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  } catch {
    // A full disk must not keep anybody from editing.
    return { descriptor: null, text: () => "", close: () => undefined };
  }
}

const MOST_BYTES = 4096;

function readStart(descriptor: number): string {
  const buffer = Buffer.alloc(Math.min(MOST_BYTES, fstatSync(descriptor).size));
  readSync(descriptor, buffer, 0, buffer.length, 0);
  return buffer.toString("utf8").trim();
}

function endedWith(program: string, code: number | string, said: string): Failure | null {
  // Vim says that there is no server, or what went wrong in it, and ends with 0.
  if (code === 0 && !/^E\d+: /m.test(said)) return null;
  return {
    code: "EDITOR_FAILED",
    message: `the editor ${program} ${code === 0 ? "has not opened it" : `ended with ${code}`}`,
    ...(said === "" ? {} : { seen: said }),
    hint: HINT,
  };
}

function notStarted(program: string, error: Error): Failure {
  return {
    code: "EDITOR_FAILED",
    message: `the editor ${program} could not be started`,
    seen: error.message,
    hint: HINT,
  };
}

const HINT = "`gust doctor` tells which editor is opened, and `command` of [editor] sets another";

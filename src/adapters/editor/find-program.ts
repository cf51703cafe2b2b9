import { accessSync, constants, statSync } from "node:fs";
import { posix, win32 } from "node:path";
import type { Failure } from "../../core/failure.ts";
import type { Env } from "./candidate.ts";

export interface FindOptions {
  /** What a path in a configuration is relative to. */
  readonly dir: string;
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly isExecutable: (file: string) => boolean;
}

/**
 * The absolute path of the executable that a name or a path means. Relative entries of the PATH are
 * left out, and so is the current directory, where Windows would look first: a project must not bring
 * its own `code`. A batch file is not taken, as Windows runs it through a shell alone, for which a
 * path cannot be quoted with certainty. Failures: EDITOR_MISSING.
 */
export function findProgram(program: string, options: FindOptions): string | Failure {
  const { dir, env, platform, isExecutable } = options;
  const windows = platform === "win32";
  const paths = windows ? win32 : posix;
  const isPath = windows ? /[/\\]/.test(program) : program.includes("/");
  const path = env["PATH"] ?? env["Path"] ?? "";
  const bases = isPath
    ? [paths.resolve(dir, program)]
    : path
        .split(paths.delimiter)
        .flatMap((one) => (paths.isAbsolute(one) ? [paths.join(one, program)] : []));
  let batch: string | null = null;
  for (const base of bases) {
    for (const file of windows ? windowsFiles(base) : [base]) {
      if (!isExecutable(file)) continue;
      if (!isBatch(file)) return file;
      const own = programsOf(file).find(isExecutable);
      if (own !== undefined) return own;
      batch ??= file;
    }
  }
  if (batch !== null) return isOnlyBatch(batch);
  const where = isPath ? "" : " in the PATH";
  const message = `the editor ${program} is not there${where}`;
  const hint = "set `command` of [editor] or GUST_EDITOR to an editor that is";
  return { code: "EDITOR_MISSING", message, hint };
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not for us.
    return false;
  }
}

const windowsFiles = (base: string): readonly string[] =>
  /\.(?:exe|com|cmd|bat)$/i.test(base)
    ? [base]
    : [".exe", ".com", ".cmd", ".bat"].map((ending) => base + ending);

const isBatch = (file: string): boolean => /\.(?:cmd|bat)$/i.test(file);

/** The programs that the batch files of VS Code and its like start, which take the same options. */
function programsOf(batch: string): readonly string[] {
  const { dir, name } = win32.parse(batch);
  const known = PROGRAMS[name.toLowerCase()];
  if (known === undefined) return [];
  // Cursor and Windsurf have theirs two directories deeper.
  return [1, 3].map((up) => win32.join(dir, ...Array.from({ length: up }, () => ".."), known));
}

const PROGRAMS: Readonly<Partial<Record<string, string>>> = {
  code: "Code.exe",
  "code-insiders": "Code - Insiders.exe",
  codium: "VSCodium.exe",
  cursor: "Cursor.exe",
  windsurf: "Windsurf.exe",
};

function isOnlyBatch(file: string): Failure {
  return {
    code: "EDITOR_MISSING",
    message: `${file} is a batch file, to which no path is handed`,
    hint: "set `command` of [editor] to the .exe that it starts",
  };
}

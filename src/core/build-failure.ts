import type { Diagnostic, Failure } from "./failure.ts";
import { parseBuildOutput, plainLines } from "./go-output.ts";
import type { OutputContext } from "./go-output.ts";
import { tellsFullDisk } from "./io-failure.ts";
import { type Cause, type FindCause, moduleCause } from "./module-failure.ts";

export interface BuildContext extends OutputContext {
  /** Path of the main module, to tell its own missing packages from those of others. */
  readonly modulePath?: string | undefined;
  /** What failed, for the message: `the build`, `pre_cmd`. */
  readonly subject?: string;
  /** How the command ended: `exit status 1`. */
  readonly end?: string;
}

/** Says what a failed build was about: the code, one line, the positions, and one hint. */
export function buildFailure(output: string, context: BuildContext): Failure {
  const lines = plainLines(output).filter((line) => line.trim() !== "");
  const text = lines.join("\n");
  const printed = parseBuildOutput(output, context);
  const cause = causes.reduce<Cause | null>((found, find) => found ?? find(text, context), null);
  const failure: Failure = {
    code: cause?.code ?? "BUILD_FAILED",
    message: cause?.message ?? plainMessage(lines, printed, context),
    ...(text === "" ? {} : { seen: text }),
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
    ...(cause?.fix === undefined ? {} : { fix: cause.fix }),
  };
  const diagnostics = cause?.diagnostics ?? printed;
  return diagnostics.length === 0 ? failure : { ...failure, diagnostics };
}

/** Asked in this order; the first that recognises the output wins. */
const causes: readonly FindCause[] = [
  fullDisk,
  moduleCause,
  noModule,
  nothingToBuild,
  importCycle,
  noCompiler,
  killed,
];

function fullDisk(text: string): Cause | null {
  if (!tellsFullDisk(text)) return null;
  const line = text.split("\n").find(tellsFullDisk) ?? "";
  return {
    code: "DISK_FULL",
    message: `the disk is full: ${line.trim()}`,
    hint: "free some space, for example with `go clean -cache`",
  };
}

function noModule(text: string): Cause | null {
  if (!/go\.mod file not found|cannot find main module/.test(text)) return null;
  return {
    code: "NO_MODULE",
    message: "there is no go.mod here or above",
    hint: "run `go mod init example.com/name`",
  };
}

function nothingToBuild(text: string): Cause | null {
  const match =
    /^(?:package \S+: )?(?:no (?:non-test )?Go files in (.+)|stat (.+): directory not found)$/m.exec(
      text,
    );
  if (match === null) {
    const excluded = /build constraints exclude all Go files in (.+)$/m.exec(text)?.[1];
    if (excluded === undefined) return null;
    return {
      code: "NO_MAIN_PACKAGE",
      message: `build constraints exclude every Go file in ${excluded}`,
      hint: "check the build tags in `build.flags` and GOFLAGS, and GOOS and GOARCH",
    };
  }
  const dir = match[1] ?? match[2] ?? "";
  return {
    code: "NO_MAIN_PACKAGE",
    message: match[1] === undefined ? `${dir} does not exist` : `there are no Go files in ${dir}`,
    hint: "name the directory of the main package, as in `gust run ./cmd/api`",
  };
}

function importCycle(text: string): Cause | null {
  if (!/import cycle not allowed/.test(text)) return null;
  const start = all(text, /^package (\S+)$/gm);
  const path = all(text, /imports (\S+?)(?: from \S+?)?(?::|$)/gm);
  const last = path.at(-1);
  const cycle = last === undefined ? path : path.slice(path.indexOf(last));
  const names = cycle.length > 1 ? cycle : [...start, ...path];
  return {
    code: "BUILD_FAILED",
    message: `import cycle: ${names.join(" → ")}`,
    hint: "move what they share into a third package",
  };
}

function noCompiler(text: string): Cause | null {
  const match = /C compiler "(.+?)" not found/.exec(text);
  if (match === null) return null;
  return {
    code: "BUILD_FAILED",
    message: `cgo needs a C compiler, and ${match[1] ?? "none"} is not installed`,
    hint: "install a C compiler, or set CGO_ENABLED=0 where C is not needed",
  };
}

function killed(text: string): Cause | null {
  if (!/signal: killed|cannot allocate memory/.test(text)) return null;
  return {
    code: "BUILD_FAILED",
    message: "the system ended the compiler, most likely for want of memory",
    hint: 'let fewer compilers run at once: build.flags = ["-p=1"]',
  };
}

function plainMessage(
  lines: readonly string[],
  diagnostics: readonly Diagnostic[],
  context: BuildContext,
): string {
  const subject = context.subject ?? "the build";
  const [first] = diagnostics;
  // Positions in generated or foreign files mean nothing to the user.
  if (first?.own === false) return `${subject} failed: ${first.message.split("\n")[0] ?? ""}`;
  if (first !== undefined) {
    const files = new Set(diagnostics.map((diagnostic) => diagnostic.file)).size;
    const errors = diagnostics.length === 1 ? "1 error" : `${diagnostics.length} errors`;
    const name = first.file.split(/[/\\]/).at(-1) ?? first.file;
    return `${subject} failed: ${errors} in ${files === 1 ? name : `${files} files`}`;
  }
  // A header names the package, a tool's own lines say what is wrong.
  const telling = lines.find((line) => !/^# |^go: downloading |running \S+ failed/.test(line));
  const end = context.end === undefined ? "" : ` (${context.end})`;
  return telling === undefined ? `${subject} failed${end}` : `${subject} failed: ${telling.trim()}`;
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

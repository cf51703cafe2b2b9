import type { Diagnostic, Failure } from "./failure.ts";
import { parseBuildOutput, plainLines } from "./go-output.ts";
import type { OutputContext } from "./go-output.ts";
import { tellsFullDisk } from "./io-failure.ts";

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
  const diagnostics = parseBuildOutput(output, context);
  const cause = causes.reduce<Cause | null>((found, find) => found ?? find(text, context), null);
  const failure: Failure = {
    code: cause?.code ?? "BUILD_FAILED",
    message: cause?.message ?? plainMessage(lines, diagnostics, context),
    ...(text === "" ? {} : { seen: text }),
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
  };
  return diagnostics.length === 0 ? failure : { ...failure, diagnostics };
}

type Cause = Pick<Failure, "code" | "message"> & { readonly hint?: string };
type FindCause = (text: string, context: BuildContext) => Cause | null;

/** Asked in this order; the first that recognises the output wins. */
const causes: readonly FindCause[] = [
  fullDisk,
  missingModule,
  wrongImportPath,
  outdatedModuleFile,
  unreachableModule,
  missingReplacement,
  olderGo,
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

function missingModule(text: string, context: BuildContext): Cause | null {
  const missing = unique(all(text, /no required module provides package ([^\s;]+)/g));
  if (missing.length === 0) return missingSum(text);
  const own = missing.filter((path) => isBelow(path, context.modulePath));
  const [ownPath] = own;
  // `go get` is what Go advises here too, but there is nothing to get.
  if (ownPath !== undefined) {
    return {
      code: "MODULE_NOT_FOUND",
      message: `there is no package ${ownPath} in this module`,
      hint: "check the import path, or create the package",
    };
  }
  const [first = ""] = missing;
  if (missing.length === 1) {
    const advice = /^\s*(go get \S+)\s*$/m.exec(text)?.[1] ?? `go get ${first}`;
    return {
      code: "MODULE_NOT_FOUND",
      message: `no module in go.mod provides ${first}`,
      hint: `run \`${advice}\``,
    };
  }
  return {
    code: "MODULE_NOT_FOUND",
    message: `no module in go.mod provides ${first} and ${missing.length - 1} more`,
    hint: "run `go mod tidy`",
  };
}

function missingSum(text: string): Cause | null {
  const match = /missing go\.sum entry for (?:module providing package )?([^\s;(:]+)/.exec(text);
  if (match === null) return null;
  return {
    code: "MODULE_NOT_FOUND",
    message: `go.sum does not know ${match[1] ?? ""}`,
    hint: "run `go mod tidy`",
  };
}

function wrongImportPath(text: string, context: BuildContext): Cause | null {
  const match = /package (\S+) is not in (?:std|GOROOT)/.exec(text);
  if (match === null) return null;
  const path = match[1] ?? "";
  const own = context.modulePath === undefined ? "" : ` (this module is ${context.modulePath})`;
  return {
    code: "MODULE_NOT_FOUND",
    message: `package ${path} is neither in the standard library nor in a module`,
    hint: `check the import path: it begins with the path of its module${own}`,
  };
}

function outdatedModuleFile(text: string): Cause | null {
  const advice = /^\s*(go (?:mod tidy|mod vendor|mod download\b.*|work \S+.*))\s*$/m.exec(
    text,
  )?.[1];
  if (/inconsistent vendoring/.test(text)) {
    return {
      code: "MODULE_NOT_FOUND",
      message: "vendor/modules.txt does not fit go.mod",
      hint: "run `go mod vendor`",
    };
  }
  if (
    advice === undefined ||
    !/updates to go\.(mod|sum|work)|go\.work|to (?:update|add|sync)/.test(text)
  )
    return null;
  return {
    code: "MODULE_NOT_FOUND",
    message: "the module files do not fit the imports",
    hint: `run \`${advice.trim()}\``,
  };
}

function unreachableModule(text: string): Cause | null {
  const line = text
    .split("\n")
    .find((candidate) =>
      /module lookup disabled|unrecognized import path|reading https?:\/\/|dial tcp|unknown revision|proxyconnect|git ls-remote/.test(
        candidate,
      ),
    );
  const isGo = line !== undefined && (line.startsWith("go: ") || /^\S+\.go:\d+/.test(line));
  if (!isGo) return null;
  return {
    code: "MODULE_NOT_FOUND",
    message: `a module cannot be downloaded: ${line.replace(/^go: /, "").trim()}`,
    hint: "check the name, the version and the network, then run `go mod download`",
  };
}

function missingReplacement(text: string): Cause | null {
  const match = /replacement directory (\S+) does not exist/.exec(text);
  if (match === null) return null;
  return {
    code: "MODULE_NOT_FOUND",
    message: `go.mod replaces a module by ${match[1] ?? ""}, which does not exist`,
    hint: "correct the `replace` line in go.mod",
  };
}

function olderGo(text: string): Cause | null {
  const match = /requires go >= (\S+) \(running go (\S+?)[;)]/.exec(text);
  if (match === null) return null;
  return {
    code: "GO_TOO_OLD",
    message: `go.mod needs Go ${match[1] ?? ""}, and this is Go ${match[2] ?? ""}`,
    hint: /GOTOOLCHAIN=local/.test(text)
      ? "install a newer Go, or unset GOTOOLCHAIN so that Go may fetch one"
      : "install a newer Go from https://go.dev/dl/",
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
  const telling = lines.find((line) => !line.startsWith("# ") && !/running \S+ failed/.test(line));
  const end = context.end === undefined ? "" : ` (${context.end})`;
  return telling === undefined ? `${subject} failed${end}` : `${subject} failed: ${telling.trim()}`;
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function isBelow(path: string, modulePath: string | undefined): boolean {
  return modulePath !== undefined && (path === modulePath || path.startsWith(`${modulePath}/`));
}

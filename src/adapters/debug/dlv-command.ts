import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Failure } from "../../core/failure.ts";

/** Runs a program in a delve without a terminal, that several clients may come to and leave. */
export function execArgv(dlv: string, listen: string, program: readonly string[]): string[] {
  const [file = "", ...args] = program;
  return [dlv, "exec", ...headless(listen), file, "--", ...args];
}

/**
 * Runs one test in a delve that has the terminal, with the commands of a file first: `name` is the
 * test's, with subtests behind slashes. What is built is not optimised.
 */
export function testArgv(
  dlv: string,
  { package: path, name }: { readonly package: string; readonly name: string },
  commands: string,
): string[] {
  const pattern = name.split("/").map((part) => `^${escaped(part)}$`);
  return [dlv, "test", `--init=${commands}`, path, "--", "-test.run", pattern.join("/")];
}

/** What delve is told first: to stop where the test begins. */
export function testCommands(name: string): string {
  return `break ${name.split("/")[0] ?? name}\ncontinue\n`;
}

/** The delve that is meant: a path, or a name that the PATH leads to. Failure: DEBUGGER_MISSING. */
export function findDlv(
  name: string,
  { dir, env }: { readonly dir: string; readonly env: Readonly<Record<string, string>> },
): string | Failure {
  if (/[/\\]/.test(name)) {
    const file = resolve(dir, name);
    return isExecutable(file) ? file : missing(file);
  }
  const endings = process.platform === "win32" ? ["", ".exe"] : [""];
  const dirs = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((one) => isAbsolute(one));
  // `go install` puts it where a PATH need not lead.
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  const go = (env["GOPATH"] ?? "").split(delimiter)[0] || (home === "" ? "" : join(home, "go"));
  const bin = env["GOBIN"] ?? (go === "" ? "" : join(go, "bin"));
  for (const place of bin === "" ? dirs : [...dirs, bin]) {
    const found = endings.map((ending) => join(place, name + ending)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return missing(name);
}

export const installHint = "go install github.com/go-delve/delve/cmd/dlv@latest";

function missing(name: string): Failure {
  return {
    code: "DEBUGGER_MISSING",
    message: `--debug needs delve, and there is no ${name}${/[/\\]/.test(name) ? "" : " in the PATH"}`,
    hint: installHint,
  };
}

function headless(listen: string): string[] {
  return ["--headless", "--accept-multiclient", "--api-version=2", `--listen=${listen}`];
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not for us.
    return false;
  }
}

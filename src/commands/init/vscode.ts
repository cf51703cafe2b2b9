import { mkdir, readFile, writeFile } from "node:fs/promises";
import type { ParseError } from "jsonc-parser";
import { dirname, join, resolve } from "node:path";
import { loadConfig } from "../../config/load.ts";
import type { Failure } from "../../core/failure.ts";
import { errorCode } from "../../core/io-failure.ts";
import { type CommandIo, failureText, loadOptions } from "../io.ts";

export interface InitVscodeArguments {
  /** `--root DIR`. */
  readonly root?: string;
}

/**
 * `gust init --vscode`: writes a configuration into `.vscode/launch.json` that attaches to `gust
 * --debug`; what is there stays as it is, with its comments. Returns the exit code: 0; 1 when nothing
 * was written; 2 for a wrong configuration of gust.
 */
export async function runInitVscode(args: InitVscodeArguments, io: CommandIo): Promise<number> {
  const flags = { values: new Map(), package: null, args: [] };
  const loaded = await loadConfig(loadOptions({ ...args, flags, environment: "dev" }, io));
  if (!("config" in loaded)) {
    for (const failure of loaded) io.stderr(failureText("error", failure));
    return 2;
  }
  const file = join(resolve(io.cwd, args.root ?? ""), ".vscode", "launch.json");
  try {
    const before = await textOf(file);
    const after = await withAttach(before, loaded.config.debug.port);
    if (typeof after !== "string") return fail(io, after);
    if (after === before) {
      io.stdout(`unchanged .vscode/launch.json: it has "${attachName}" already\n`);
      return 0;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, after);
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return fail(io, {
      code: "IO_FAILED",
      message: ".vscode/launch.json could not be written",
      seen,
    });
  }
  io.stdout(`wrote .vscode/launch.json: start \`gust --debug\`, then choose "${attachName}"\n`);
  return 0;
}

const attachName = "attach to gust";

/**
 * The text of a launch.json with gust's configuration in it: added, or with the port that counts now.
 * A file that cannot be read as JSON with comments is left alone.
 */
export async function withAttach(before: string, port: number): Promise<string | Failure> {
  // Only this command needs it.
  const { applyEdits, modify, parse } = await import("jsonc-parser");
  const errors: ParseError[] = [];
  const text =
    before.trim() === "" ? `{\n  "version": "0.2.0",\n  "configurations": []\n}\n` : before;
  const file: unknown = parse(text, errors, { allowTrailingComma: true });
  const list = configurationsOf(file);
  if (errors.length > 0 || list === null) {
    return {
      code: "CONFIG_INVALID",
      message: ".vscode/launch.json is not what VS Code expects, and was left as it is",
      hint: `add to its "configurations": ${JSON.stringify(attach(port))}`,
    };
  }
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const tabs = /^\t/m.test(text);
  const formattingOptions = { insertSpaces: !tabs, tabSize: indentOf(text), eol };
  const at = list.findIndex((one) => nameOf(one) === attachName);
  const found = list[at];
  const edits =
    found === undefined
      ? modify(text, ["configurations", list.length], attach(port), { formattingOptions })
      : portOf(found) === port
        ? []
        : modify(text, ["configurations", at, "port"], port, { formattingOptions });
  return applyEdits(text, edits);
}

/** What VS Code's Go extension needs to attach to a delve that runs. */
function attach(port: number): Readonly<Record<string, unknown>> {
  return {
    name: attachName,
    type: "go",
    request: "attach",
    mode: "remote",
    debugAdapter: "dlv-dap",
    host: "127.0.0.1",
    port,
  };
}

/** Null where the file has another form; an empty list where it has none yet. */
function configurationsOf(file: unknown): readonly unknown[] | null {
  if (typeof file !== "object" || file === null || Array.isArray(file)) return null;
  const list: unknown = "configurations" in file ? file.configurations : [];
  return Array.isArray(list) ? list : null;
}

function nameOf(one: unknown): unknown {
  return typeof one === "object" && one !== null && "name" in one ? one.name : null;
}

function portOf(one: unknown): unknown {
  return typeof one === "object" && one !== null && "port" in one ? one.port : null;
}

function indentOf(text: string): number {
  return /^( +)\S/m.exec(text)?.[1]?.length ?? 2;
}

/** "" where there is no such file. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "";
    throw error;
  }
}

function fail(io: CommandIo, failure: Failure): number {
  io.stderr(failureText("error", failure));
  return 1;
}

import { accessSync, constants, statSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { posix, win32 } from "node:path";
import type { Failure } from "../core/failure.ts";
import type { Loaded, LoadOptions } from "./config.ts";

export interface ConfigFile {
  /** Absolute; "" when there is no file. */
  readonly path: string;
  /** As the user knows it: relative to where gust was started, or absolute. */
  readonly label: string;
  readonly text: string;
  readonly source: Loaded["source"];
  /** Files that come first or are this one: any change of them means another configuration. */
  readonly candidates: readonly string[];
}

/** Stands for the absence of any file. */
export const emptyFile: ConfigFile = {
  path: "",
  label: "",
  text: "",
  source: "none",
  candidates: [],
};

const names = ["gust.toml", ".air.toml", ".config/air.toml"];

/** `-c FILE`, else the first of `gust.toml`, `.air.toml` and `.config/air.toml` that exists. */
export async function findConfigFile(
  options: LoadOptions & { readonly dir: string },
): Promise<ConfigFile | Failure> {
  const path = options.platform === "win32" ? win32 : posix;
  if (options.configFile !== undefined) {
    const file = path.resolve(options.cwd, options.configFile);
    const text = await readText(file);
    if (text === null) return notFound(options.configFile);
    if (typeof text !== "string") return text;
    const source = sourceOf(path.basename(file));
    return { path: file, label: options.configFile, text, source, candidates: [file] };
  }
  const candidates: string[] = [];
  for (const name of names) {
    const file = path.join(options.dir, name);
    candidates.push(file);
    const text = await readText(file);
    if (text === null) continue;
    if (typeof text !== "string") return text;
    return { path: file, label: name, text, source: sourceOf(name), candidates };
  }
  return { ...emptyFile, candidates };
}

/** The real path of a directory, or `ROOT_MISSING`. */
export async function realDirectory(dir: string): Promise<string | Failure> {
  try {
    const real = await realpath(dir);
    if ((await stat(real)).isDirectory()) return real;
    return { code: "ROOT_MISSING", message: `${dir} is not a directory` };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return { code: "ROOT_MISSING", message: `${dir} cannot be opened`, seen };
  }
}

/** The executable of this name in PATH, or null. */
export function findInPath(name: string, options: LoadOptions): string | null {
  const windows = options.platform === "win32";
  const path = windows ? win32 : posix;
  const dirs = (options.env["PATH"] ?? options.env["Path"] ?? "").split(path.delimiter);
  const endings = windows ? ["", ...(options.env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  for (const dir of dirs.filter((dir) => path.isAbsolute(dir))) {
    const found = endings.map((end) => path.join(dir, name + end)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Not there, or not for us: the search goes on.
    return false;
  }
}

/** A file named for gust is held to gust's strictness; any other may be shared with air. */
function sourceOf(name: string): "gust.toml" | ".air.toml" {
  return name.includes("gust") ? "gust.toml" : ".air.toml";
}

/** Null when there is no such file. */
async function readText(file: string): Promise<string | Failure | null> {
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    const seen = error instanceof Error ? error.message : String(error);
    return { code: "CONFIG_NOT_FOUND", message: `${file} cannot be read`, seen };
  }
}

function notFound(file: string): Failure {
  const hint = "without -c, gust takes gust.toml or .air.toml where it is started";
  return { code: "CONFIG_NOT_FOUND", message: `there is no ${file}`, hint };
}

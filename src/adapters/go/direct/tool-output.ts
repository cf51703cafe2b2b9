import { stat } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";

export interface ToolOutput {
  /** Import path of the package. */
  readonly package: string;
  /** Absolute directory of the package. */
  readonly dir: string;
  /** Absolute directory in which `go build` runs. */
  readonly from: string;
  /** What stands for `$WORK`. */
  readonly work: string;
  readonly text: string;
}

/**
 * What a tool has printed, as the go command prints it (cmd/go/internal/work/shell.go, reportCmd):
 * under the name of the package, and with the paths of the user's files from where `go build` runs.
 */
export async function toolOutput({
  package: path,
  dir,
  from,
  work,
  text,
}: ToolOutput): Promise<string> {
  let out = text.endsWith("\n") ? text : `${text}\n`;
  out = replacePrefix(out, work, "$WORK");
  for (let at = dir; ; at = dirname(at)) {
    const short = await shortPath(from, at);
    if (short !== at) {
      out = replacePrefix(out, at, short);
      if (sep === "\\") out = replacePrefix(out, at.replaceAll("\\", "/"), short);
    }
    if (dirname(at) === at) break;
  }
  return `# ${path}\n${out}`;
}

/** The relative path where that is shorter and leads to the same place. */
async function shortPath(from: string, path: string): Promise<string> {
  const short = relative(from, path) || ".";
  if (short.length >= path.length) return path;
  const seen = await Promise.all([stat(path), stat(`${from}${sep}${short}`)]).catch(() => null);
  if (seen === null) return path;
  return seen[0].ino === seen[1].ino && seen[0].dev === seen[1].dev ? short : path;
}

/** Only at the beginning of a line or after a blank. */
function replacePrefix(text: string, old: string, short: string): string {
  return ["", " ", "\n", "\n\t"].reduce((changed, before) => {
    if (before !== "") return changed.replaceAll(before + old, before + short);
    return changed.startsWith(old) ? short + changed.slice(old.length) : changed;
  }, text);
}

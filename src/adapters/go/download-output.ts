import { type ModuleVersion, escapeModule } from "../../core/required-modules.ts";
import type { OutputSink } from "./command.ts";

interface Sink {
  readonly output: OutputSink;
}

/** Hears that a toolchain is being fetched: `go: downloading go1.26.2 (linux/amd64)`. */
export function toolchainProgress(heard: (name: string) => void): Sink {
  return eachLine((line) => {
    const name = /^go: downloading (go\d\S*) \(/.exec(line)?.[1];
    if (name !== undefined) heard(name);
  });
}

/**
 * How many of the modules are there, and which one is being fetched: read from `go mod download -x`,
 * which tells of every file that it gets from a proxy.
 */
export function downloadProgress(
  modules: readonly ModuleVersion[],
  heard: (done: number, current: string | null) => void,
): Sink {
  const ends = modules.map(({ path, version }) => ({
    name: `${path} ${version}`,
    // Exclamation marks are written in either way.
    end: `/${escapeModule(path)}/@v/${escapeModule(version)}.zip`.replaceAll("!", "%21"),
  }));
  const done = new Set<string>();
  const open: string[] = [];
  return eachLine((line) => {
    const [, url = "", status] = /^# get (\S+?)(?:: (\d\d\d) .*)?$/.exec(line) ?? [];
    const written = url.replaceAll("!", "%21");
    const found = ends.find(({ end }) => written.endsWith(end));
    if (found === undefined) return;
    if (status === undefined) open.push(found.name);
    else {
      open.splice(open.indexOf(found.name), 1);
      if (status === "200") done.add(found.name);
    }
    heard(done.size, open[0] ?? null);
  });
}

function eachLine(heard: (line: string) => void): Sink {
  let rest = "";
  return {
    output: (stream, data) => {
      if (stream !== "stderr") return;
      const lines = (rest + Buffer.from(data).toString("utf8")).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) heard(line);
    },
  };
}

/** What `go mod download -json` says of modules that it did not get. */
export function downloadErrors(json: string): readonly string[] {
  return json.split(/^\}$/m).flatMap((part) => {
    const error = /^\s*"Error": (".*"),?$/m.exec(part)?.[1];
    return error === undefined ? [] : [String(JSON.parse(error))];
  });
}

/** Its output without what `-x` adds. */
export function withoutRequests(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("# get "))
    .join("\n");
}

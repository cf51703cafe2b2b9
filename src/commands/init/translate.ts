import { type PlatformPath, posix, win32 } from "node:path";
import type { Value } from "../../config/config.ts";
import type { Entry } from "../../config/entry.ts";
import { type FileContent, readContent, writePath } from "../../config/read.ts";
import { decideLaunch } from "../../config/start.ts";
import { entries, platforms, sections } from "../../config/table.ts";
import { Typed } from "../../config/typed.ts";
import { checkValue, writeValue } from "../../config/value.ts";

export interface Translated {
  /** Lines of TOML by section: "" for the top, `build`, `build.linux`, … */
  readonly sections: ReadonlyMap<string, readonly string[]>;
  /** `[[build.rules]]` and `[[rule]]`, each a block of its own. */
  readonly rules: readonly string[];
  /** What was left out, and why: one line each. */
  readonly notes: readonly string[];
}

/** The values of an `.air.toml` (parsed) that say something else than gust does by itself. */
export function translateAir(file: unknown): Translated {
  // A system without a table of its own: these values hold wherever no table says otherwise.
  const content = readContent(file, "");
  const result = new Map<string, string[]>();
  const put = (section: string, line: string): void => {
    result.set(section, [...(result.get(section) ?? []), line]);
  };
  const built = gustBuilds(content, posix);
  for (const [path, entry] of entries) {
    const value = content.values.get(path);
    if (value === undefined || isUsual(entry, value) || (built && launchKeys.has(path))) continue;
    put(path.includes(".") ? path.slice(0, path.indexOf(".")) : "", line(entry, value));
  }
  if (built) {
    const args = content.values.get("build.entrypoint");
    const more = Array.isArray(args) ? args.slice(1).filter((arg) => typeof arg === "string") : [];
    const entry = entries.get("args");
    if (more.length > 0 && entry !== undefined) put("", line(entry, more));
  }
  for (const [platform, name] of platforms) {
    const own = readContent(file, platform);
    // `air init` writes such a table on Windows, for its own default with `.exe`.
    const usual = built && gustBuilds(own, platform === "win32" ? win32 : posix);
    for (const [path, value] of own.platformValues) {
      const entry = entries.get(path);
      if (usual && launchKeys.has(path)) continue;
      if (entry !== undefined) put(`build.${name}`, line(entry, value));
    }
  }
  const notes = content.problems.map(
    ({ path, message, hint }) =>
      `${writePath(path)} was left out: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );
  return { sections: result, rules: ruleBlocks(content), notes: [...notes, ...envNote(content)] };
}

/** `air init` writes an empty list, which nobody chose. */
function envNote({ values }: FileContent): readonly string[] {
  const files = values.get("env_files");
  if (Array.isArray(files) && files.length > 0) return [];
  return [
    "env files are read where they exist (.env, .env.local), which air does not: env_files = []",
  ];
}

/** Keys that say nothing any more when gust builds by itself. */
const launchKeys: ReadonlySet<string> = new Set(["build.cmd", "build.bin", "build.entrypoint"]);

/** Keys that gust accepts for air's sake only. */
const idle: ReadonlySet<string> = new Set(["build.exclude_unchanged", "color.app"]);

function isUsual(entry: Entry, value: Value): boolean {
  if (idle.has(entry.path)) return true;
  // What `air init` writes, and nobody chose.
  if (entry.path === "build.delay" && value === 1000) return true;
  const usual = checkValue(entry, entry.fallback);
  return usual.ok && JSON.stringify(usual.value) === JSON.stringify(value);
}

/** By itself, and without being told what: then there is nothing to write. */
function gustBuilds(content: FileContent, path: PlatformPath): boolean {
  const values = new Map<string, Value>();
  for (const [key, entry] of entries) {
    const usual = checkValue(entry, entry.fallback);
    const given = content.platformValues.get(key) ?? content.values.get(key);
    values.set(key, given ?? (usual.ok ? usual.value : null));
  }
  const typed = new Typed(values);
  const tmpDir = typed.string("tmp_dir") || "tmp";
  const root = path.resolve("/p", typed.string("root"));
  const places = { path, dir: path.resolve("/p"), root, tmpDir, named: "" };
  const { start, flags, goBuild } = decideLaunch(typed, { ...places, inPath: () => null });
  const here = (goBuild?.packages ?? []).every((one) => one === ".");
  return start.type === "built" && flags.length === 0 && here;
}

function line(entry: Entry, value: Value): string {
  return `${entry.path.slice(entry.path.lastIndexOf(".") + 1)} = ${writeValue(entry, value)}`;
}

function ruleBlocks(content: FileContent): readonly string[] {
  return sections
    .filter((section) => section.list)
    .flatMap((section) =>
      (content.rules.get(section.name) ?? []).map((rule) =>
        [
          `[[${section.name}]]`,
          ...section.entries.flatMap((entry) => {
            const value = rule.get(entry.path);
            return value === undefined || entry.path === "delay" ? [] : [line(entry, value)];
          }),
        ].join("\n"),
      ),
    );
}

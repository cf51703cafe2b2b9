import { readFile } from "node:fs/promises";
import { parseEnv } from "node:util";
import type { Failure } from "../../core/failure.ts";
import { errorCode } from "../../core/io-failure.ts";

export interface LoadedEnv {
  readonly env: Record<string, string>;
  readonly failures: readonly Failure[];
}

/**
 * The environment for build and program: gust's own, and what the files add. Variables that gust
 * already has win; among the files the later one wins; a missing file is no failure. Files are read
 * anew each time, so that a key that disappears from a file disappears from the environment.
 */
export async function loadEnv(
  base: Readonly<Record<string, string | undefined>>,
  files: readonly string[],
): Promise<LoadedEnv> {
  const failures: Failure[] = [];
  const added: Record<string, string> = {};
  const own = definedOf(base);
  for (const file of files) {
    try {
      const text = await readFile(file, "utf8");
      Object.assign(added, expandAll(text, { ...added, ...own }));
    } catch (error) {
      if (errorCode(error) === "ENOENT") continue;
      const seen = error instanceof Error ? error.message : String(error);
      failures.push({ code: "IO_FAILED", message: `cannot read ${file}`, seen });
    }
  }
  return { env: { ...added, ...own }, failures };
}

/** Values with `$NAME` and `${NAME}` replaced, as godotenv does; not in single quotes. */
export function expandAll(
  text: string,
  known: Readonly<Record<string, string>>,
): Record<string, string> {
  const literal = singleQuoted(text);
  const values: Record<string, string> = {};
  const parsed = parseEnv(text);
  for (const name of inOrder(text, Object.keys(parsed))) {
    const raw = parsed[name];
    if (raw === undefined) continue;
    values[name] = literal.has(name) ? raw : expand(raw, { ...known, ...values });
  }
  return values;
}

/** Node's parser sorts by name, but a value may refer to what stands above it. */
function inOrder(text: string, names: readonly string[]): readonly string[] {
  const lines = new Map<string, number>();
  for (const found of text.matchAll(/^\s*(?:export\s+)?([\w.-]+)\s*[=:]/gm)) {
    lines.set(found[1] ?? "", found.index);
  }
  return names.toSorted((a, b) => (lines.get(a) ?? 0) - (lines.get(b) ?? 0));
}

function expand(value: string, known: Readonly<Record<string, string>>): string {
  return value.replace(
    /(\\)?\$(?:\{(\w+)\}|(\w+))/g,
    (all: string, escaped: string | undefined, braced?: string, plain?: string) =>
      escaped === undefined ? (known[braced ?? plain ?? ""] ?? "") : all.slice(1),
  );
}

function singleQuoted(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/^\s*(?:export\s+)?(\w+)\s*[=:]\s*'/gm)].map(([, name]) => name);
  return new Set(names.filter((name) => name !== undefined));
}

/** The variables that are set. */
export function definedOf(
  base: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) if (value !== undefined) defined[name] = value;
  return defined;
}

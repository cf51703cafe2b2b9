import type { ModStatement } from "./go-mod.ts";

export interface ModuleVersion {
  readonly path: string;
  readonly version: string;
}

export interface ModuleFiles {
  /** Statements of the go.work file; null without one. */
  readonly work: readonly ModStatement[] | null;
  /** Statements of each go.mod file: the main module's, or those that go.work uses. */
  readonly mods: readonly (readonly ModStatement[])[];
}

/**
 * The modules that a build may take from the module cache: what the go.mod files require, with
 * `replace` heeded, the highest version of each. What lies in a directory is not among them, nor what
 * has no version yet (a branch); what only a requirement requires is, where go.mod lists it (since
 * Go 1.17).
 */
export function requiredModules({ work, mods }: ModuleFiles): readonly ModuleVersion[] {
  const replaces = [...(work ?? []), ...mods.flat()].flatMap(replaceOf);
  const own = new Set(mods.flatMap((mod) => firstWords(mod, "module")));
  const highest = new Map<string, string>();
  for (const { verb, words } of mods.flat()) {
    const [path, version] = words;
    if (verb !== "require" || path === undefined || version === undefined) continue;
    if (own.has(path) || !canonical.test(version)) continue;
    const known = highest.get(path);
    if (known === undefined || compareVersions(known, version) < 0) highest.set(path, version);
  }
  const taken = [...highest].flatMap(([path, version]): readonly ModuleVersion[] => {
    const found =
      replaces.find((one) => one.path === path && one.version === version) ??
      replaces.find((one) => one.path === path && one.version === null);
    if (found === undefined) return [{ path, version }];
    return found.to.version === undefined || !canonical.test(found.to.version)
      ? []
      : [{ path: found.to.path, version: found.to.version }];
  });
  const names = new Map(taken.map((one) => [`${one.path}@${one.version}`, one]));
  return [...names.values()];
}

/** The words behind a statement of this kind, first ones only: the directories of `use`. */
export function firstWords(statements: readonly ModStatement[], verb: string): readonly string[] {
  return statements.flatMap((one) => (one.verb === verb ? one.words.slice(0, 1) : []));
}

interface Replace {
  readonly path: string;
  /** Null: every version. */
  readonly version: string | null;
  /** Without a version it is a directory. */
  readonly to: { readonly path: string; readonly version: string | undefined };
}

function replaceOf({ verb, words }: ModStatement): readonly Replace[] {
  const arrow = words.indexOf("=>");
  const [path, version = null] = words.slice(0, arrow);
  const [to, toVersion] = words.slice(arrow + 1);
  if (verb !== "replace" || arrow < 1 || path === undefined || to === undefined) return [];
  return [{ path, version, to: { path: to, version: toVersion } }];
}

const canonical = /^v\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?$/;

/** As semantic versioning orders them: negative when `a` is the lower one. */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => {
    const [, core = "", pre] = /^v?([\d.]+)(?:-([^+]+))?/.exec(version) ?? [];
    return { core: core.split("."), pre: pre?.split(".") };
  });
  if (one === undefined || other === undefined) return 0;
  const difference = compareParts(one.core, other.core);
  if (difference !== 0) return difference;
  if (one.pre === undefined || other.pre === undefined) {
    return Number(one.pre === undefined) - Number(other.pre === undefined);
  }
  return compareParts(one.pre, other.pre);
}

function compareParts(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const difference = comparePart(left, right);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function comparePart(a: string, b: string): number {
  const [left, right] = [a, b].map((part) => (/^\d+$/.test(part) ? Number(part) : null));
  if (typeof left === "number" && typeof right === "number") return left - right;
  // Numbers come before words.
  if (left !== null || right !== null) return left !== null ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/** As names in the module cache are written: `github.com/!azure/sdk`. */
export function escapeModule(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

import type { BuildDiff, PackageDiff, SymbolDiff } from "./dashboard.ts";
import type { FunctionSizes } from "./go-functions.ts";

/** What differs between the functions of two binaries, the largest differences first. */
export function functionsDiff(
  from: FunctionSizes,
  to: FunctionSizes,
): Pick<BuildDiff, "packages" | "symbols"> {
  const names = new Set([...from.keys(), ...to.keys()]);
  const packages = new Map<string, { path: string; from: number; to: number }>();
  const symbols: SymbolDiff[] = [];
  for (const name of names) {
    const sizes = { from: from.get(name) ?? 0, to: to.get(name) ?? 0 };
    const path = packageOf(name);
    const sum = packages.get(path) ?? { path, from: 0, to: 0 };
    packages.set(path, { path, from: sum.from + sizes.from, to: sum.to + sizes.to });
    const change = changeOf(from.get(name), to.get(name));
    if (change !== null) symbols.push({ name: plain(name), ...sizes, change });
  }
  const differing: readonly PackageDiff[] = [...packages.values()].filter(
    (one) => one.from !== one.to,
  );
  return {
    packages: differing.toSorted(byDifference).slice(0, MOST),
    symbols: symbols.toSorted(byDifference).slice(0, MOST),
  };
}

const MOST = 300;

/** The import path of a function; `go` for what the toolchain makes by itself, `c` for C code. */
export function packageOf(name: string): string {
  if (name.startsWith("go:")) return "go";
  if (name.startsWith("type:")) {
    const type = /^type:\.(?:eq|hash)\.([A-Za-z_].*)$/.exec(name)?.[1] ?? "";
    return /^[\w%./~+-]+\./.test(type) ? packageOf(type) : "go";
  }
  // Type arguments name other packages.
  const bracket = name.indexOf("[");
  const own = bracket < 0 ? name : name.slice(0, bracket);
  const dot = own.indexOf(".", own.lastIndexOf("/") + 1);
  return dot <= 0 ? "c" : plain(own.slice(0, dot));
}

/** Dots and other characters in the last part of an import path are written as `%2e`. */
function plain(name: string): string {
  return name.replaceAll(/%([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 16)),
  );
}

function changeOf(from: number | undefined, to: number | undefined): SymbolDiff["change"] | null {
  if (from === undefined) return "added";
  if (to === undefined) return "removed";
  return from === to ? null : "changed";
}

type Sizes = Pick<SymbolDiff, "from" | "to">;

const byDifference = (a: Sizes, b: Sizes): number =>
  Math.abs(b.to - b.from) - Math.abs(a.to - a.from);

import type { PackageGraph } from "./dashboard.ts";

/** One of the user's own packages, with everything that it imports. */
export interface OwnPackage {
  readonly path: string;
  readonly dir: string;
  readonly imports: readonly string[];
  readonly files: number;
}

/** How these packages hang together; what lies outside of them is left out. */
export function packageGraphOf(own: readonly OwnPackage[]): PackageGraph {
  const known = new Set(own.map(({ path }) => path));
  const inner = own.map((one) => ({
    ...one,
    imports: [...new Set(one.imports)].filter((path) => known.has(path)).toSorted(),
  }));
  const importers = new Map<string, string[]>();
  for (const { path, imports } of inner) {
    for (const one of imports) importers.set(one, [...(importers.get(one) ?? []), path]);
  }
  return {
    packages: inner
      .map((one) => ({ ...one, rebuilds: reach(one.path, importers) }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** It and all that import it, over however many others; itself first, then by name. */
function reach(path: string, importers: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const seen = new Set<string>();
  const stack = [path];
  for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    stack.push(...(importers.get(one) ?? []));
  }
  seen.delete(path);
  return [path, ...[...seen].toSorted()];
}

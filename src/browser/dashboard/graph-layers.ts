import type { GraphPackage } from "../../core/dashboard.ts";

/** A column of packages that import nothing but those of columns before it. */
export type Layer = readonly GraphPackage[];

/**
 * Puts packages into columns: those that import none of the others first. Within a column they stand
 * near what they import.
 */
export function layersOf(packages: readonly GraphPackage[]): readonly Layer[] {
  const byPath = new Map(packages.map((one) => [one.path, one]));
  const depths = new Map<string, number>();
  const depthOf = (one: GraphPackage, above: ReadonlySet<string>): number => {
    const known = depths.get(one.path);
    if (known !== undefined) return known;
    // Go has no import cycles, but what was read may be half of an edit.
    const within = new Set(above).add(one.path);
    let depth = 0;
    for (const path of one.imports) {
      const imported = byPath.get(path);
      if (imported === undefined || within.has(path)) continue;
      depth = Math.max(depth, depthOf(imported, within) + 1);
    }
    depths.set(one.path, depth);
    return depth;
  };
  const layers: GraphPackage[][] = [];
  for (const one of packages) (layers[depthOf(one, new Set())] ??= []).push(one);
  return sortedLayers(layers);
}

/** The packages that import this one directly. */
export function importersOf(packages: readonly GraphPackage[], path: string): readonly string[] {
  return packages.filter(({ imports }) => imports.includes(path)).map((one) => one.path);
}

/** The part that all import paths have in common, up to a slash: it says nothing about any of them. */
export function commonPrefix(paths: readonly string[]): string {
  const [first, ...others] = paths;
  if (first === undefined) return "";
  const cut = first.lastIndexOf("/") + 1;
  let prefix = others.length === 0 ? first.slice(0, cut) : `${first}/`;
  for (const path of others) {
    while (!`${path}/`.startsWith(prefix)) {
      prefix = prefix.slice(0, prefix.slice(0, -1).lastIndexOf("/") + 1);
    }
  }
  return prefix;
}

/** A path without what all have in common; the package at the top itself keeps its last part. */
export function shortPath(path: string, prefix: string): string {
  if (path.startsWith(prefix)) return path.slice(prefix.length);
  return path.slice(path.lastIndexOf("/") + 1);
}

function sortedLayers(layers: readonly (readonly GraphPackage[])[]): readonly Layer[] {
  const places = new Map<string, number>();
  return layers.map((layer) => {
    const weights = new Map(layer.map((one) => [one, meanPlace(one, places)]));
    const weight = (one: GraphPackage): number => weights.get(one) ?? 0;
    const sorted = layer.toSorted((a, b) => weight(a) - weight(b) || (a.path < b.path ? -1 : 1));
    sorted.forEach(({ path }, index) => places.set(path, index));
    return sorted;
  });
}

function meanPlace({ imports }: GraphPackage, places: ReadonlyMap<string, number>): number {
  const known = imports.flatMap((path) => places.get(path) ?? []);
  return known.reduce((sum, place) => sum + place, 0) / Math.max(1, known.length);
}

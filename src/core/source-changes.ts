import type { Knowledge } from "./classify.ts";
import type { GraphIndex } from "./graph-index.ts";
import type { ClassifiedFact } from "./pending.ts";

/** What has changed since the build before, as far as it matters for a build. */
export interface SourceChanges {
  /** Go files of which nothing but the content has changed. Absolute paths. */
  readonly modified: readonly string[];
  /** Why all has to be looked at, in words; null: nothing but those files has changed. */
  readonly other: string | null;
}

export const noChanges: SourceChanges = { modified: [], other: null };

/**
 * Adds what was seen on the disk. A change that needs no build is among them too: the next build has to
 * take in the comment, too, that has moved the lines.
 */
export function withFacts(
  changes: SourceChanges,
  facts: readonly ClassifiedFact[],
  { settings, graph }: Pick<Knowledge, "settings" | "graph">,
): SourceChanges {
  const modified = new Set(changes.modified);
  let { other } = changes;
  for (const { fact, classified } of facts) {
    if (fact.change === "unchanged") continue;
    if (classified.kind === "irrelevant" && !isRead(fact.path, graph)) continue;
    const isGo = fact.path.endsWith(".go") && classified.kind !== "go-test";
    if (isGo && fact.change === "modified" && fact.headerChanged !== true) modified.add(fact.path);
    else if (isGo || built.has(classified.kind) || isRead(fact.path, graph)) {
      other ??= reasonOf(fact.path, fact.change, settings);
    }
  }
  return { modified: [...modified], other };
}

/** A reason that stands before it stays. */
export const withReason = (changes: SourceChanges, reason: string): SourceChanges => ({
  ...changes,
  other: changes.other ?? reason,
});

/** Whether the build reads this file, whatever the configuration leaves out. */
export function isRead(path: string, graph: GraphIndex | null): boolean {
  if (graph === null) return false;
  const { goFiles, nativeFiles, moduleFiles } = graph;
  return goFiles.has(path) || nativeFiles.has(path) || moduleFiles.has(path) || graph.embeds(path);
}

const built: ReadonlySet<string> = new Set(["native", "embed", "module"]);

function reasonOf(
  path: string,
  change: "created" | "modified" | "removed",
  { separator }: Knowledge["settings"],
): string {
  const name = path.slice(path.lastIndexOf(separator) + 1);
  if (change === "created") return `${name} is new`;
  if (change === "removed") return `${name} is gone`;
  if (!name.endsWith(".go")) return `${name} has changed`;
  return `the imports or build constraints of ${name} have changed`;
}

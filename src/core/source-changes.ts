import type { Knowledge } from "./classify.ts";
import type { ClassifiedFact } from "./pending.ts";
import { isSourceName } from "./source-name.ts";

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
  read: Read,
): SourceChanges {
  const modified = new Set(changes.modified);
  let { other } = changes;
  for (const { fact, classified } of facts) {
    if (fact.change === "unchanged") continue;
    if (classified.kind === "irrelevant" && !mayBeRead(fact.path, read)) continue;
    const isGo = fact.path.endsWith(".go") && classified.kind !== "go-test";
    if (isGo && fact.change === "modified" && fact.headerChanged !== true) modified.add(fact.path);
    else if (isGo || built.has(classified.kind) || mayBeRead(fact.path, read)) {
      other ??= reasonOf(fact.path, fact.change, read.settings);
    }
  }
  return { modified: [...modified], other };
}

/** A reason that stands before it stays. */
export const withReason = (changes: SourceChanges, reason: string): SourceChanges => ({
  ...changes,
  other: changes.other ?? reason,
});

/**
 * Whether the build reads this file, or would if it were there, whatever the configuration leaves out.
 */
export function mayBeRead(path: string, { settings, graph }: Read): boolean {
  if (graph === null) return false;
  const { nativeFiles, moduleFiles, ignoredGoFiles } = graph;
  if (nativeFiles.has(path) || moduleFiles.has(path) || graph.embeds(path)) return true;
  const at = path.lastIndexOf(settings.separator);
  return (
    isSourceName(path.slice(at + 1)) &&
    graph.packageDirs.has(path.slice(0, at)) &&
    !ignoredGoFiles.has(path)
  );
}

type Read = Pick<Knowledge, "settings" | "graph">;

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

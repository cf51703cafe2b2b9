import type { Classified, Need } from "./classify.ts";
import type { FileFact } from "./facts.ts";
import type { Cause, CauseFile, FileKind } from "./notice.ts";
import type { ModuleEdit } from "./module-edits.ts";
import { withMoves } from "./moves.ts";
import type { Owed, Pending } from "./state.ts";

/** How many files a cause lists by name. */
const filesListed = 10;

/** And how many declarations of each. */
const editsListed = 20;

export function emptyPending(since: number): Pending {
  return {
    need: "nothing",
    restart: false,
    files: [],
    paths: new Set(),
    rules: [],
    since,
    understood: since,
    begun: since,
    ruled: since,
    request: null,
    reloadConfig: false,
    headerChanged: false,
    patient: false,
    modules: false,
    swap: false,
    command: null,
    tidied: false,
  };
}

/** Adds changed files, all at once: a batch may have twenty thousand of them. */
export function addFacts(pending: Pending, changes: readonly ClassifiedFact[]): Pending {
  const paths = new Set(pending.paths);
  const files = [...pending.files];
  const rules = new Set(pending.rules);
  let { need, restart, reloadConfig, headerChanged, modules } = pending;
  for (const { fact, classified } of changes) {
    if (fact.change === "unchanged") continue;
    if (!paths.has(fact.path) && files.length < filesListed) {
      files.push({ path: fact.path, kind: classified.kind, change: fact.change, ...editsOf(fact) });
    }
    paths.add(fact.path);
    need = strongest(need, classified.need);
    restart ||= classified.need === "restart" || readAtStart.has(classified.kind);
    for (const rule of classified.rules) rules.add(rule);
    reloadConfig ||= classified.kind === "config";
    headerChanged ||= changesGraph(fact, classified);
    modules ||= classified.kind === "module" && classified.need === "build";
  }
  const changed = { paths, files, need, restart, rules: sorted(rules) };
  return { ...pending, ...changed, reloadConfig, headerChanged, modules };
}

function editsOf({ edits, moduleEdits }: FileFact): Pick<CauseFile, "edits" | "moduleEdits"> {
  return {
    ...(edits === undefined ? {} : { edits: edits.slice(0, editsListed) }),
    ...(moduleEdits === undefined ? {} : { moduleEdits: moduleEdits.slice(0, editsListed) }),
  };
}

/** Files that reach the program without being part of its binary. */
const readAtStart: ReadonlySet<FileKind> = new Set<FileKind>(["runtime", "env", "config"]);

export interface ClassifiedFact {
  readonly fact: FileFact;
  readonly classified: Classified;
}

/** Whether the package graph may be another one afterwards. */
function changesGraph(fact: FileFact, classified: Classified): boolean {
  if (fact.headerChanged === true) return true;
  if (classified.kind === "module") return classified.need === "build";
  return fact.change !== "modified" && classified.need === "build";
}

/** Two changes in one, the older one first. */
export function mergePending(older: Pending, newer: Pending): Pending {
  const fresh = newer.files.filter((file) => !older.paths.has(file.path));
  const again = older.files.map((file) => withEdits(file, newer.files));
  return {
    need: strongest(older.need, newer.need),
    restart: older.restart || newer.restart,
    files: [...again, ...fresh].slice(0, filesListed),
    paths: new Set([...older.paths, ...newer.paths]),
    rules: sorted(new Set([...older.rules, ...newer.rules])),
    since: Math.min(older.since, newer.since),
    understood: Math.min(older.understood, newer.understood),
    begun: older.begun,
    ruled: older.ruled,
    request: newer.request ?? older.request,
    reloadConfig: older.reloadConfig || newer.reloadConfig,
    headerChanged: older.headerChanged || newer.headerChanged,
    patient: older.patient && newer.patient,
    modules: older.modules || newer.modules,
    swap: older.swap || newer.swap,
    command: newer.command ?? older.command,
    tidied: older.tidied && newer.tidied,
  };
}

/** A file that has changed twice, with what changed either time. */
function withEdits(file: CauseFile, newer: readonly CauseFile[]): CauseFile {
  const again = newer.find((one) => one.path === file.path);
  if (again?.moduleEdits !== undefined) return withModuleEdits(file, again.moduleEdits);
  const later = again?.edits;
  if (later === undefined) return file;
  const names = new Set(later.map(({ name }) => name));
  const earlier = (file.edits ?? []).filter(({ name }) => !names.has(name));
  return { ...file, edits: [...earlier, ...later].slice(0, editsListed) };
}

function withModuleEdits(file: CauseFile, later: readonly ModuleEdit[]): CauseFile {
  const names = new Set(later.map(({ name }) => name));
  const earlier = (file.moduleEdits ?? []).filter(({ name }) => !names.has(name));
  return { ...file, moduleEdits: [...earlier, ...later].slice(0, editsListed) };
}

/** A change together with what failed before it; its cause is the change alone. */
export function withOwed(pending: Pending, owed: Owed): Pending {
  return {
    ...pending,
    need: owed.build ? "build" : pending.need,
    restart: pending.restart || owed.restart,
    headerChanged: pending.headerChanged || owed.headerChanged,
    rules: sorted(new Set([...owed.rules, ...pending.rules])),
  };
}

/** True when the change asks for work: a build, a restart, a rule or a new configuration. */
export function asksForWork(pending: Pending): boolean {
  return pending.need !== "nothing" || pending.rules.length > 0 || pending.reloadConfig;
}

export function causeOf(pending: Pending): Cause {
  if (pending.request === "first") return { type: "first" };
  if (pending.files.length > 0) {
    return { type: "files", files: withMoves(pending.files), count: pending.paths.size };
  }
  const fix = pending.command === null ? {} : { fix: true as const };
  return { type: "request", origin: pending.request ?? "control", ...fix };
}

export function strongest(a: Need, b: Need): Need {
  if (a === "build" || b === "build") return "build";
  return a === "restart" || b === "restart" ? "restart" : "nothing";
}

const sorted = (rules: Iterable<number>): readonly number[] => [...rules].toSorted((x, y) => x - y);

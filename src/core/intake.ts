import {
  type ClassifiedFact,
  addFacts,
  asksForWork,
  causeOf,
  emptyPending,
  mergePending,
} from "./pending.ts";
import { type Classified, type Knowledge, classify, classifyFact } from "./classify.ts";
import type { Effect } from "./effect.ts";
import type { FileFact } from "./facts.ts";
import type { IgnoredFile, Notice } from "./notice.ts";
import type { Burst, Intake, OpenBatch, Pending, State } from "./state.ts";
import { type Step, announce } from "./step.ts";
import { withoutOwnWrites } from "./own-writes.ts";
import { withoutTestWrites } from "./test-writes.ts";
import { noteForTests } from "./test-stage.ts";
import { mayBeRead, withFacts, withReason } from "./source-changes.ts";

/** A gap longer than this ends a burst in any case. */
const calmMs = 100;

/** How many files an `ignored` notice names. */
const ignoredListed = 20;

/** Events of the watcher: whatever could matter is looked at. */
export function touch(state: State, paths: readonly string[], at: number): Step {
  const knowledge = knowledgeOf(state);
  const wanted: string[] = [];
  const ignored: IgnoredFile[] = [];
  let unseen: string | null = null;
  for (const path of paths) {
    const classified = classify(path, knowledge);
    // A file that build constraints leave out may have lost them.
    const left = knowledge.graph?.ignoredGoFiles.has(path) === true;
    if (matters(classified) || left) wanted.push(path);
    else {
      if (mayBeRead(path, knowledge)) unseen ??= path;
      if (ignored.length < ignoredListed) ignored.push({ path, reason: classified.reason });
    }
  }
  const said: Effect[] = ignored.length > 0 ? [announce({ type: "ignored", files: ignored })] : [];
  const changes =
    unseen === null ? state.changes : withReason(state.changes, `${unseen} may have changed`);
  if (wanted.length === 0) return [{ ...state, changes }, said];
  const [intake, batch] = openBatch(state.intake, { at, lost: null });
  return [{ ...state, changes, intake }, [...said, { type: "examine", batch, paths: wanted }]];
}

/** Looks at everything, because events were lost or a request wants to be sure. */
export function rescan(state: State, at: number, why: Omit<OpenBatch, "batch" | "at">): Step {
  const [intake, batch] = openBatch(state.intake, { at, ...why });
  return [{ ...state, intake }, [{ type: "rescan", batch }]];
}

export interface Answer {
  readonly batch: number;
  readonly facts: readonly FileFact[];
  /** Lets an attempt that is under way take a change in; null when it does not. */
  readonly take: (state: State, changed: readonly ClassifiedFact[], since: number) => State | null;
}

/** The disk has answered: what changed becomes part of the pending change. */
export function examined(state: State, answer: Answer, at: number): Step {
  const { take } = answer;
  const open = state.intake.open.find((one) => one.batch === answer.batch);
  const rest = state.intake.open.filter((one) => one.batch !== answer.batch);
  const knowledge = knowledgeOf(state);
  const all = answer.facts.map((fact) => ({ fact, classified: classifyFact(fact, knowledge) }));
  const { state: seen, facts: sorted } = withoutTestWrites(state, all, at);
  const changes = withFacts(state.changes, sorted, knowledge);
  const cleared = noteForTests(
    { ...seen, changes, intake: { ...state.intake, open: rest } },
    sorted,
  );
  const changed = sorted.filter(
    ({ fact, classified }) => fact.change !== "unchanged" && classified.kind !== "irrelevant",
  );
  const notices = [...lossNotice(open, changed.length), ...ignoredNotice(sorted)];
  const { state: settled, changed: foreign, patient } = withoutOwnWrites(cleared, changed, open);
  if (foreign.length === 0) return [settled, notices.map(announce)];
  const since = open?.at ?? at;
  const absorbed = take(settled, foreign, since);
  if (absorbed !== null) return [absorbed, notices.map(announce)];
  const change = { ...addFacts(emptyPending(since), foreign), patient, understood: at };
  if (!asksForWork(change)) {
    // The tests that run for a file say so themselves; of what pages load, nobody else does.
    const tested = cleared.tests.wanted !== null;
    const told = tested
      ? foreign.filter(({ classified }) => classified.kind === "static")
      : foreign;
    if (told.length === 0) return [settled, notices.map(announce)];
    const all = addFacts(emptyPending(since), told);
    return [settled, [...notices, nothingToDo(all, told)].map(announce)];
  }
  const [next, effects] = addPending(settled, change, at);
  return [next, [...notices.map(announce), ...effects]];
}

/** Adds a change that asks for work, and opens or widens the window of a burst. */
export function addPending(state: State, change: Pending, at: number): Step {
  const older = state.intake.pending;
  const pending = older === null ? change : mergePending(older, change);
  const [burst, effects] = widen(state, at);
  return [{ ...state, intake: { ...state.intake, pending, burst } }, effects];
}

/**
 * The first change of a burst starts at once. A change that follows closely waits for a quiet time,
 * which doubles with each further one up to the cap, but never past the limit of the whole burst.
 */
function widen(state: State, at: number): readonly [Burst, readonly Effect[]] {
  const { burst } = state.intake;
  const { quietMs, capMs, limitMs } = state.settings.burst;
  const quietFor = (level: number): number => Math.min(capMs, quietMs * 2 ** (level - 1));
  const calm = !burst.armed && at - burst.lastAt > Math.max(calmMs, 2 * quietFor(burst.level));
  const interrupts = state.work.phase !== "idle";
  if (calm && !interrupts) {
    return [{ level: 0, startedAt: at, lastAt: at, armed: false }, []];
  }
  const level = calm ? 1 : Math.min(burst.level + 1, 16);
  const startedAt = calm ? at : burst.startedAt;
  const ms = Math.max(0, Math.min(quietFor(level), startedAt + limitMs - at));
  return [
    { level, startedAt, lastAt: at, armed: true },
    [{ type: "start-timer", timer: "burst", ms }],
  ];
}

/** The window has closed: the next attempt may begin. */
export function closeWindow(state: State, at: number): State {
  const burst = { ...state.intake.burst, armed: false, startedAt: at };
  return { ...state, intake: { ...state.intake, burst } };
}

export function knowledgeOf(state: State): Knowledge {
  const { settings, graph } = state;
  return {
    settings: settings.classify,
    rules: settings.rules,
    graph: graph.index,
    graphCurrent: graph.current && state.red?.sources !== true,
  };
}

function matters(classified: Classified): boolean {
  return classified.kind !== "irrelevant";
}

function openBatch(intake: Intake, why: Omit<OpenBatch, "batch">): readonly [Intake, number] {
  const batch = intake.batch + 1;
  return [{ ...intake, batch, open: [...intake.open, { batch, ...why }] }, batch];
}

function lossNotice(open: OpenBatch | undefined, found: number): Notice[] {
  return open === undefined || open.lost === null
    ? []
    : [{ type: "rescanned", reason: open.lost, found }];
}

function ignoredNotice(sorted: readonly ClassifiedFact[]): Notice[] {
  const files: IgnoredFile[] = [];
  for (const { fact, classified } of sorted) {
    if (files.length >= ignoredListed) break;
    if (fact.change === "unchanged") files.push({ path: fact.path, reason: "same content" });
    else if (classified.kind === "irrelevant") {
      files.push({ path: fact.path, reason: classified.reason });
    }
  }
  return files.length > 0 ? [{ type: "ignored", files }] : [];
}

function nothingToDo(change: Pending, changed: readonly ClassifiedFact[]): Notice {
  const reason = changed[0]?.classified.reason ?? "";
  return { type: "nothing-to-do", cause: causeOf(change), generation: null, reason };
}

import type {
  Memories,
  PackagePrint,
  Prints,
  Reach,
  SelectedTest,
  Selection,
  TestMemory,
  TestPackage,
  TestReason,
} from "./test-model.ts";
import type { FilePrint } from "./test-print.ts";
import {
  closure,
  goFunctions,
  ownOf,
  testFunctions,
  testWidth,
  testsOf,
  wholeOf,
  worldOf,
} from "./test-states.ts";

export interface SelectionQuery {
  readonly packages: readonly TestPackage[];
  /** The state that tests are chosen against; null: there is none, and everything is new. */
  readonly before: Prints | null;
  readonly now: Prints;
  /** True: what was good in the meantime does not count, only the difference from `before`. */
  readonly since: boolean;
  readonly memories: Memories;
  readonly what: "affected" | "failed" | "all";
  /** Names of tests that rules of the user's ask for, by JavaScript regular expression. */
  readonly rules: readonly { readonly rule: string; readonly pattern: string }[];
  /** Prints of files that tests have opened, as they are now. */
  readonly files: ReadonlyMap<string, string>;
  /** All tests of changed packages run, so that their coverage can be told. */
  readonly measured: boolean;
}

/**
 * Chooses the tests that a change may have broken. What is not known for sure runs: the price of a
 * test too many is a moment, that of one too few is a mistake that nobody sees.
 */
export function selectTests(query: SelectionQuery): Selection {
  const { packages, before, now } = query;
  const changes = changesBetween(before, now);
  const changed = packages
    .filter(({ path, asked }) => asked && (changes.get(path)?.go.length ?? 0) > 0)
    .map(({ path }) => path);
  const tests: SelectedTest[] = [];
  const compiled: string[] = [];
  let known = 0;
  for (const one of packages) {
    if (one.links.length === 0) continue;
    const names = testsOf(now.get(one.path));
    known += names.size;
    const states = wholesOf(one, query);
    const here: SelectedTest[] = [];
    for (const name of names.keys()) {
      const memory = query.memories.get(one.path)?.get(name);
      const failing = memory?.ok === false;
      const reason = reasonFor({ one, name, memory, states, changes, query });
      if (reason !== null) here.push({ package: one.path, name, failing, reason });
    }
    tests.push(...here);
    const own = changes.get(one.path);
    if (here.length === 0 && own !== undefined && query.what === "affected")
      compiled.push(one.path);
  }
  const first = tests.filter(({ failing }) => failing);
  const others = tests.filter(({ failing }) => !failing);
  return { tests: [...first, ...others], compiled, changed, known };
}

interface Candidate {
  readonly one: TestPackage;
  readonly name: string;
  readonly memory: TestMemory | undefined;
  readonly states: Wholes;
  readonly changes: ReadonlyMap<string, PackageChange>;
  readonly query: SelectionQuery;
}

function reasonFor(candidate: Candidate): TestReason | null {
  const { one, name, memory, states, changes, query } = candidate;
  if (query.what === "all") return { type: "asked" };
  if (memory?.ok === false) return { type: "failed" };
  if (query.what === "failed") return null;
  const rule = query.rules.find(({ pattern }) => new RegExp(pattern).test(name));
  if (rule !== undefined) return { type: "rule", rule: rule.rule };
  const reach = memory?.reach ?? null;
  const file = reach === null ? null : changedFile(reach, query.files);
  if (file !== null) return { type: "file", path: file };
  const due = isDue(candidate, reach);
  if (due) return explain(candidate, reach);
  const measured = query.measured && (changes.get(one.path)?.go.length ?? 0) > 0;
  return measured && states.now !== states.before ? { type: "measured" } : null;
}

/** It has changed since it was good, and what it reaches has too, or is not known. */
function isDue({ one, name, memory, states, query }: Candidate, reach: Reach | null): boolean {
  const good = memory?.ok === true && !query.since ? memory.whole : states.before;
  if (good === states.now) return false;
  if (reach === null) return true;
  const holds = (prints: Prints | null): boolean =>
    prints !== null && reachHolds(reach, { one, name, prints });
  // The state before need not be the one in which it was recorded what the test reaches.
  return !holds(query.now) || (query.since && !holds(query.before));
}

function explain(candidate: Candidate, reach: Reach | null): TestReason {
  const { one, name, changes, query } = candidate;
  if (reach !== null && reach.own === ownOf(name, query.now.get(one.path))) {
    const reached =
      reach.world === worldOf(one, query.now) ? otherFunction(reach, query.now) : null;
    if (reached !== null) return { type: "reached", ...reached };
  }
  const own = changes.get(one.path);
  if (own !== undefined) {
    const used = new Set(closure(name, testFunctions(query.now.get(one.path))));
    const edited = own.testFunctions.find((changed) => used.has(changed));
    if (edited !== undefined) return { type: "own", function: edited };
    const [part] = own.testWide;
    if (part !== undefined) return { type: "wide", part, package: one.path };
  }
  for (const path of one.links) {
    const change = changes.get(path);
    const [part] = change?.wide ?? [];
    if (part !== undefined) return { type: "wide", part, package: path };
    const reached = change?.functions.find((at) => reach?.functions[path]?.[at] !== undefined);
    if (reached !== undefined) return { type: "reached", function: reached, package: path };
  }
  const path = one.links.find((link) => changes.has(link)) ?? one.path;
  return { type: "unrecorded", package: path };
}

/** The first function that a test has reached and that is another one now. */
function otherFunction(
  reach: Reach,
  now: Prints,
): { readonly function: string; readonly package: string } | null {
  for (const [path, functions] of Object.entries(reach.functions)) {
    const there = goFunctions(now.get(path));
    const found = Object.entries(functions).find(
      ([name, print]) => there.get(name)?.digest !== print,
    );
    if (found !== undefined) return { function: found[0], package: path };
  }
  return null;
}

/** Whether all that a test has reached is as it was when that was recorded. */
export function reachHolds(
  reach: Reach,
  at: { readonly one: TestPackage; readonly name: string; readonly prints: Prints },
): boolean {
  const { one, name, prints } = at;
  if (reach.own !== ownOf(name, prints.get(one.path))) return false;
  if (reach.world !== worldOf(one, prints)) return false;
  return Object.entries(reach.functions).every(([path, functions]) => {
    const now = goFunctions(prints.get(path));
    return Object.entries(functions).every(([name, print]) => now.get(name)?.digest === print);
  });
}

function changedFile({ files }: Reach, now: ReadonlyMap<string, string>): string | null {
  const found = Object.entries(files).find(([path, print]) => (now.get(path) ?? "") !== print);
  return found?.[0] ?? null;
}

interface Wholes {
  readonly before: string;
  readonly now: string;
}

function wholesOf(one: TestPackage, { before, now }: SelectionQuery): Wholes {
  return { before: before === null ? "" : wholeOf(one, before), now: wholeOf(one, now) };
}

/** How a package differs from the state before. */
export interface PackageChange {
  /** All that differs in its own code, as words. */
  readonly go: readonly string[];
  /** Bodies of functions. */
  readonly functions: readonly string[];
  /** Everything else. */
  readonly wide: readonly string[];
  readonly testFunctions: readonly string[];
  readonly testWide: readonly string[];
}

/** Only packages that differ are in it. */
export function changesBetween(
  before: Prints | null,
  now: Prints,
): ReadonlyMap<string, PackageChange> {
  const changes = new Map<string, PackageChange>();
  for (const [path, print] of now) {
    const old = before?.get(path);
    const functions = differing(digests(goFunctions(old)), digests(goFunctions(print)), true);
    const wide = wideOf(old, print);
    const testFunctionsOf = differing(
      digests(testFunctions(old)),
      digests(testFunctions(print)),
      false,
    );
    const testWide = [
      ...differing(testWidth(old), testWidth(print), false).map(partName),
      ...differing(old?.testdata ?? new Map(), print.testdata, false).map(baseName),
    ];
    const all = functions.length + wide.length + testFunctionsOf.length + testWide.length;
    if (all === 0) continue;
    const go = [...wide, ...functions];
    changes.set(path, { go, functions, wide, testFunctions: testFunctionsOf, testWide });
  }
  return changes;
}

function wideOf(old: PackagePrint | undefined, print: PackagePrint): readonly string[] {
  return differing(partsOf(old), partsOf(print), false).map(partName);
}

const digests = (functions: FilePrint["functions"]): ReadonlyMap<string, string> =>
  new Map([...functions].map(([name, { digest: text }]) => [name, text]));

/** Names of which the print is another one; with `both`, only of what is in either. */
function differing(
  old: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  both: boolean,
): readonly string[] {
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names].filter((name) => {
    if (both && (!old.has(name) || !now.has(name))) return false;
    return old.get(name) !== now.get(name);
  });
}

/** `imports and build constraints of main.go`, `type Config`, `(*API).Get (signature)`. */
function partName(key: string): string {
  const [path = "", part = ""] = key.split("\0");
  if (part === "" || part === "file") return baseName(path);
  return part.startsWith("imports") || part.startsWith("its text")
    ? `${part} of ${baseName(path)}`
    : part;
}

const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

function partsOf(print: PackagePrint | undefined): ReadonlyMap<string, string> {
  const all = new Map<string, string>(print?.other ?? []);
  for (const [path, { parts }] of print?.go ?? []) {
    for (const [part, text] of parts) all.set(`${path}\0${part}`, text);
  }
  return all;
}

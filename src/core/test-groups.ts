import type { SelectedTest, Selection } from "./test-model.ts";

/** One call of `go test`. */
export interface TestGroup {
  readonly packages: readonly string[];
  /** For `-run`; null: everything in these packages. */
  readonly pattern: string | null;
  /** How many tests it runs. */
  readonly tests: number;
}

/** What there is to run, by package: to know where a pattern would match more than was chosen. */
export type KnownTests = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * As few calls as run exactly what was chosen: those that failed last time before all others, and
 * packages together where one pattern fits them all.
 */
export function groupTests(selection: Selection, known: KnownTests): readonly TestGroup[] {
  const failing = selection.tests.filter((test) => test.failing);
  const others = selection.tests.filter((test) => !test.failing);
  const compiled = selection.compiled.map((path): Chosen => ({ path, names: new Set() }));
  return [
    ...grouped(byPackage(failing), known),
    ...grouped([...byPackage(others), ...compiled], known),
  ];
}

interface Chosen {
  readonly path: string;
  readonly names: ReadonlySet<string>;
}

function byPackage(tests: readonly SelectedTest[]): readonly Chosen[] {
  const packages = new Map<string, Set<string>>();
  for (const test of tests) {
    const names = packages.get(test.package) ?? new Set<string>();
    packages.set(test.package, names.add(test.name));
  }
  return [...packages].map(([path, names]) => ({ path, names }));
}

function grouped(chosen: readonly Chosen[], known: KnownTests): readonly TestGroup[] {
  const whole = chosen.filter((one) => isWhole(one, known));
  const groups: { members: Chosen[]; names: Set<string> }[] = [];
  for (const one of chosen) {
    if (whole.includes(one)) continue;
    const fitting = groups.find(({ members, names }) => {
      const union = new Set([...names, ...one.names]);
      return [...members, one].every((member) => isExact(member, union, known));
    });
    if (fitting === undefined) groups.push({ members: [one], names: new Set(one.names) });
    else {
      fitting.members.push(one);
      for (const name of one.names) fitting.names.add(name);
    }
  }
  const parts = groups.map(({ members, names }): TestGroup => ({
    packages: members.map(({ path }) => path),
    pattern: names.size === 0 ? "^$" : `^(${[...names].toSorted().join("|")})$`,
    tests: count(members),
  }));
  if (whole.length === 0) return parts;
  const all = { packages: whole.map(({ path }) => path), pattern: null, tests: count(whole) };
  return [all, ...parts];
}

const count = (chosen: readonly Chosen[]): number =>
  chosen.reduce((sum, { names }) => sum + names.size, 0);

/** All of a package need no pattern. */
function isWhole({ path, names }: Chosen, known: KnownTests): boolean {
  return names.size > 0 && names.size === (known.get(path)?.size ?? -1);
}

function isExact({ path, names }: Chosen, union: ReadonlySet<string>, known: KnownTests): boolean {
  for (const name of known.get(path) ?? []) if (union.has(name) && !names.has(name)) return false;
  return true;
}

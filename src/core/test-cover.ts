import type { PackagePrint, Prints } from "./test-model.ts";
import type { PackageCoverage } from "./test-report.ts";

/** One block of a coverage profile. */
interface Block {
  /** Import path and name of the file. */
  readonly file: string;
  readonly from: number;
  readonly span: string;
  readonly statements: number;
  readonly ran: boolean;
}

/** Reads a profile of `-coverprofile`; lines that are none are left out. */
function* blocksOf(profile: string): Generator<Block> {
  for (const line of profile.split("\n")) {
    const found = /^(.+):((\d+)\.\d+,\d+\.\d+) (\d+) (\d+)\r?$/.exec(line);
    if (found === null) continue;
    const [, file = "", span = "", from, statements, times] = found;
    yield { file, span, from: Number(from), statements: Number(statements), ran: times !== "0" };
  }
}

/** Which functions ran, with their prints, by package and name. */
export function reachedFunctions(
  profile: string,
  prints: Prints,
): Record<string, Record<string, string>> {
  const reached: Record<string, Record<string, string>> = {};
  const files = filesOf(prints);
  for (const { file, from, ran } of blocksOf(profile)) {
    const place = ran ? files.get(file) : undefined;
    if (place === undefined) continue;
    for (const [name, { from: first, to, digest }] of place.functions) {
      if (from < first || from > to) continue;
      reached[place.package] = { ...reached[place.package], [name]: digest };
    }
  }
  return reached;
}

interface CoveredFile {
  readonly package: string;
  readonly functions: readonly (readonly [string, { from: number; to: number; digest: string }])[];
}

/** By the name that a profile has for them. */
function filesOf(prints: Prints): ReadonlyMap<string, CoveredFile> {
  const files = new Map<string, CoveredFile>();
  for (const [path, print] of prints) {
    for (const [file, { functions }] of print.go) {
      files.set(`${path}/${baseName(file)}`, { package: path, functions: [...functions] });
    }
  }
  return files;
}

/** Statement coverage of these packages by all profiles together. */
export function coverageOf(
  profiles: readonly string[],
  packages: readonly string[],
  prints: Prints,
): readonly PackageCoverage[] {
  const blocks = new Map<string, { statements: number; ran: boolean; package: string }>();
  for (const profile of profiles) {
    for (const { file, span, statements, ran } of blocksOf(profile)) {
      const key = `${file}:${span}`;
      const path = file.slice(0, file.lastIndexOf("/"));
      blocks.set(key, { statements, package: path, ran: ran || blocks.get(key)?.ran === true });
    }
  }
  return packages.flatMap((path): PackageCoverage[] => {
    const own = [...blocks.values()].filter((block) => block.package === path);
    const statements = own.reduce((sum, block) => sum + block.statements, 0);
    const covered = own.reduce((sum, block) => sum + (block.ran ? block.statements : 0), 0);
    // No test has linked it: nothing of it ran, if there is anything to run.
    if (own.length === 0) return hasFunctions(prints.get(path)) ? [none(path)] : [];
    return [{ package: path, covered, statements }];
  });
}

const none = (path: string): PackageCoverage => ({ package: path, covered: 0, statements: 1 });

function hasFunctions(print: PackagePrint | undefined): boolean {
  return [...(print?.go.values() ?? [])].some(({ functions }) => functions.size > 0);
}

/**
 * The files that a test has opened, as the test binary itself writes them down (`-test.testlogfile`).
 * A relative path counts from the directory that the test was in.
 */
export function openedFiles(
  log: string,
  start: string,
  resolve: (dir: string, path: string) => string,
): readonly string[] {
  const found = new Set<string>();
  let dir = start;
  for (const line of log.split("\n")) {
    const [, verb, path] = /^(open|stat|chdir) (.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (verb === "chdir") dir = resolve(dir, path);
    else found.add(resolve(dir, path));
  }
  return [...found];
}

const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);

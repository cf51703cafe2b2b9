import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuildPlan, PlannedPackage } from "../../../core/build-plan.ts";

/**
 * What a build depends on, as it was when a plan was made. Somebody may change it and nobody tell:
 * the target of a symbolic link, a file in a directory that is not watched, a go.work far above. To
 * look at all of it takes a stat for each file, beside the compiler.
 */
export interface Witness {
  /** Sources and embedded files, and what tells one version of each from another. */
  readonly files: Map<string, string>;
  readonly dirs: Map<string, DirWitness>;
  /** Files that would count if they were there. */
  readonly absent: readonly string[];
}

interface DirWitness {
  /** All names count; else those that the go command looks at. */
  readonly all: boolean;
  readonly mark: string;
  readonly names: string;
}

/**
 * Takes all in. What has changed since `since` (milliseconds of the wall clock), when the go command
 * began to look, may be newer than what it has seen, and never counts as known. Files of
 * gust's own do not matter: it writes them for each plan.
 */
export async function takeWitness(
  plan: BuildPlan,
  since: number,
  isOwn: (path: string) => boolean,
): Promise<Witness> {
  const packages = [...plan.packages.values()].filter(({ obstacle }) => obstacle === null);
  const sources = packages.flatMap(({ compile }) =>
    compile.argv.filter((arg) => arg.endsWith(".go") && !isOwn(arg)),
  );
  const embedded = packages.flatMap(({ embedcfg }) => embeddedFiles(embedcfg));
  const dirs = new Map<string, DirWitness>();
  const all = await embedDirs(packages);
  const some = packages.map(({ dir }) => dir);
  await inLanes([...new Set([...all, ...some])], async (dir) => {
    dirs.set(dir, await dirWitness(dir, all.has(dir), since));
  });
  const files = new Map<string, string>();
  const profile = plan.profile?.argv.at(-1) ?? "";
  await inLanes(
    [...new Set([...sources, ...embedded, profile])].filter((file) => file !== ""),
    async (file) => {
      files.set(file, await markOf(file, since));
    },
  );
  const main = plan.packages.get(plan.link.main)?.dir ?? plan.dir;
  return { files, dirs, absent: await absentAbove(main) };
}

/**
 * What is not as it was, in words; null: everything is, but for these files. Their new state is
 * remembered, and so is that of directories in which only other files came or went.
 */
export async function whatChanged(
  witness: Witness,
  changed: ReadonlySet<string>,
): Promise<string | null> {
  const found: string[] = [];
  await inLanes([...witness.files.keys()], async (file) => {
    const mark = await markOf(file, Infinity);
    if (changed.has(file)) witness.files.set(file, mark);
    else if (witness.files.get(file) !== mark) found.push(`${file} has changed unseen`);
  });
  await inLanes([...witness.dirs], async ([dir, known]) => {
    if ((await markOf(dir, Infinity)) === known.mark) return;
    const now = await dirWitness(dir, known.all, Infinity);
    if (now.names === known.names) witness.dirs.set(dir, now);
    else found.push(`files have come or gone in ${dir}`);
  });
  await inLanes(witness.absent, async (file) => {
    if ((await markOf(file, Infinity)) !== gone) found.push(`${file} has come`);
  });
  return found.toSorted()[0] ?? null;
}

async function dirWitness(dir: string, all: boolean, since: number): Promise<DirWitness> {
  const mark = await markOf(dir, since);
  const entries = await readdir(dir).catch(() => []);
  const names = entries.filter((name) => isLookedAt(name) || (all && !ofEditor.test(name)));
  return { all, mark, names: names.toSorted().join("\0") };
}

/** Sources of all languages, profiles, and a module that begins here; no tests. */
function isLookedAt(name: string): boolean {
  if (name === "go.mod" || name === "default.pgo") return true;
  return !/^[._]|_test\.go$/.test(name) && sources.test(name);
}

const sources = /\.(?:go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso)$/;

const ofEditor = /^\.#|^#|~$|\.sw[a-z]$|^4913$/;

/** A workspace, or version control that the binary would tell of, in a directory above. */
async function absentAbove(dir: string): Promise<readonly string[]> {
  const names = ["go.work", ".git", ".hg", ".svn", ".bzr", ".fslckout", "_FOSSIL_"];
  const absent: string[] = [];
  for (let at = dir; ; at = dirname(at)) {
    for (const name of names) {
      const path = join(at, name);
      if ((await markOf(path, Infinity)) === gone) absent.push(path);
    }
    if (dirname(at) === at) return absent;
  }
}

/** Follows symbolic links. */
async function markOf(path: string, since: number): Promise<string> {
  return stat(path).then(
    ({ size, mtimeMs, ctimeMs, ino }) =>
      ctimeMs >= since ? recent : `${size} ${mtimeMs} ${ctimeMs} ${ino}`,
    () => gone,
  );
}

const gone = "gone";

/** Unlike any other mark, so that a look at it finds a difference. */
const recent = "recent";

function embeddedFiles(embedcfg: string): readonly string[] {
  if (embedcfg === "") return [];
  const { Files: files } = JSON.parse(embedcfg) as { readonly Files?: Record<string, string> };
  return Object.values(files ?? {});
}

/** Directories in which a new file may be one to embed, with all that are below. */
async function embedDirs(packages: readonly PlannedPackage[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const queue: string[] = [];
  for (const { dir, embedcfg } of packages) {
    for (const pattern of embedPatterns(embedcfg)) {
      const steps = pattern.replace(/^all:/, "").split("/");
      const glob = steps.findIndex((step) => /[*?[\\]/.test(step));
      const base = join(dir, ...(glob < 0 ? steps : steps.slice(0, glob)));
      // Below a package there may be a great deal more; its own files are enough there.
      if (base === dir) found.add(dir);
      else queue.push(base);
    }
    const others = embeddedFiles(embedcfg).map((file) => dirname(file));
    queue.push(...others.filter((one) => one !== dir));
  }
  for (const dir of queue) {
    if (found.has(dir)) continue;
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => null);
    // A pattern may name a file.
    if (entries === null) continue;
    found.add(dir);
    queue.push(...entries.filter((one) => one.isDirectory()).map((one) => join(dir, one.name)));
  }
  return found;
}

function embedPatterns(embedcfg: string): readonly string[] {
  if (embedcfg === "") return [];
  const { Patterns: patterns } = JSON.parse(embedcfg) as { readonly Patterns?: object };
  return Object.keys(patterns ?? {});
}

/** As many at once as Node has threads for files. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
}

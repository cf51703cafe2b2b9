import { createHash } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { PlannedPackage } from "../../../core/build-plan.ts";
import { isEditorFile } from "../../../core/classify.ts";
import { globSource } from "../../../core/graph-index.ts";
import { isSourceName } from "../../../core/source-name.ts";

/**
 * What a build depends on, as it was when a plan was made. Somebody may change it and nobody tell:
 * the target of a symbolic link, a file in a directory that is not watched, a go.work far above. To
 * look at all of it takes a stat for each, beside the compiler.
 */
export interface Witness {
  /** Also of files that are not there, where they would count. */
  readonly files: Map<string, FileMark>;
  readonly dirs: Map<string, DirMark>;
  /** Whether these exist, which is all that matters of them. */
  readonly there: ReadonlyMap<string, boolean>;
}

export interface FileMark {
  /** Size, times and number: the same for the same file. */
  readonly mark: string;
  /** SHA-256 of the content. */
  readonly hash: string;
}

interface DirMark {
  readonly mark: string;
  /** The names that count, one after the other. */
  readonly names: string;
  readonly counts: (name: string) => boolean;
}

export interface Watched {
  /** Packages that are the user's, or that import one. */
  readonly packages: readonly PlannedPackage[];
  /** Absolute paths of their sources of all languages, of modules, and of what may come to be. */
  readonly files: readonly string[];
  /** Paths of which it matters whether they exist. */
  readonly places: readonly string[];
}

/**
 * Takes all in. What has changed since `since` (milliseconds of the wall clock), when the go command
 * began to look, may be newer than what it has seen: it is never the same as later.
 */
export async function takeWitness(of: Watched, since: number): Promise<Witness> {
  const { packages, files, places } = of;
  const there = new Map<string, boolean>();
  const witness: Witness = { files: new Map(), dirs: new Map(), there };
  await inLanes(places, async (place) => void there.set(place, await exists(place)));
  const embedded = packages.flatMap(({ embedcfg }) => Object.values(embedOf(embedcfg).Files ?? {}));
  await inLanes([...new Set([...files, ...embedded])], async (file) => {
    const mark = await markOf(file, since);
    const hash = mark === recent ? recent : await hashOf(file);
    witness.files.set(file, { mark, hash });
  });
  const counting = await countingNames(packages);
  await inLanes([...counting], async ([dir, counts]) => {
    const mark = await markOf(dir, since);
    const names = mark === recent ? recent : await namesIn(dir, counts);
    witness.dirs.set(dir, { mark, names, counts });
  });
  return witness;
}

/** What is not as it was but for the files in `changed`, in words; null: everything is. */
export async function whatChanged(
  witness: Witness,
  changed: ReadonlySet<string>,
): Promise<string | null> {
  const found: string[] = [];
  await inLanes([...witness.files], async ([file, known]) => {
    if (changed.has(file)) return;
    const mark = await markOf(file, Infinity);
    if (mark === known.mark) return;
    if ((await hashOf(file)) === known.hash) witness.files.set(file, { ...known, mark });
    else found.push(`${file} has changed unseen`);
  });
  await inLanes([...witness.dirs], async ([dir, known]) => {
    const mark = await markOf(dir, Infinity);
    if (mark === known.mark) return;
    if ((await namesIn(dir, known.counts)) === known.names)
      witness.dirs.set(dir, { ...known, mark });
    else found.push(`files have come or gone in ${dir}`);
  });
  await inLanes([...witness.there], async ([place, before]) => {
    const now = await exists(place);
    if (now !== before) found.push(`${place} has ${now ? "come" : "gone"}`);
  });
  return found.toSorted()[0] ?? null;
}

const exists = async (path: string): Promise<boolean> => (await markOf(path, Infinity)) !== gone;

/** Files as they are now; `remember` takes them in, when a build has read them. */
export async function marksOf(files: Iterable<string>): Promise<ReadonlyMap<string, FileMark>> {
  const marks = new Map<string, FileMark>();
  await inLanes([...files], async (file) => {
    const mark = await markOf(file, Infinity);
    marks.set(file, { mark, hash: await hashOf(file) });
  });
  return marks;
}

export function remember(witness: Witness, marks: ReadonlyMap<string, FileMark>): void {
  for (const [file, mark] of marks) if (witness.files.has(file)) witness.files.set(file, mark);
}

/** Of each directory of the packages, and of what they embed, which names count. */
async function countingNames(
  packages: readonly PlannedPackage[],
): Promise<ReadonlyMap<string, DirMark["counts"]>> {
  const found = new Map<string, DirMark["counts"]>();
  const queue: string[] = [];
  for (const { dir, embedcfg } of packages) {
    const globs: RegExp[] = [];
    for (const pattern of Object.keys(embedOf(embedcfg).Patterns ?? {})) {
      const steps = pattern.replace(/^all:/, "").split("/");
      const glob = steps.findIndex((step) => /[*?[\\]/.test(step));
      // Below a package there may be a great deal more than what a pattern names.
      if (glob === 0) globs.push(new RegExp(`^${globSource(steps[0] ?? "")}$`, "u"));
      else queue.push(join(dir, ...(glob < 0 ? steps : steps.slice(0, glob))));
    }
    const embedded = Object.values(embedOf(embedcfg).Files ?? {}).map((file) => dirname(file));
    queue.push(...embedded.filter((one) => one !== dir));
    found.set(dir, (name) => isLookedAt(name) || globs.some((one) => one.test(name)));
  }
  for (const dir of queue) {
    if (found.has(dir)) continue;
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => null);
    // A pattern may name a file.
    if (entries === null) continue;
    found.set(dir, (name) => !isEditorFile(name));
    queue.push(...entries.filter((one) => one.isDirectory()).map((one) => join(dir, one.name)));
  }
  return found;
}

/** Sources, a profile, and a module that begins here. */
const isLookedAt = (name: string): boolean =>
  name === "go.mod" || name === "default.pgo" || isSourceName(name);

interface EmbedConfig {
  readonly Patterns?: object;
  readonly Files?: Readonly<Record<string, string>>;
}

const embedOf = (embedcfg: string): EmbedConfig =>
  embedcfg === "" ? {} : (JSON.parse(embedcfg) as EmbedConfig);

async function namesIn(dir: string, counts: (name: string) => boolean): Promise<string> {
  const names = await readdir(dir).catch(() => []);
  return names.filter(counts).toSorted().join("\0");
}

async function hashOf(file: string): Promise<string> {
  const content = await readFile(file).catch(() => null);
  return content === null ? "" : createHash("sha256").update(content).digest("base64");
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

/** Unlike any mark, hash or name, so that the next look finds a difference. */
const recent = "recent";

/** As many at once as Node has threads for files. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: 4 }, lane));
}

/*
 * What watching 10,000 files in 1,000 directories costs: time until all is watched, memory,
 * inotify watches, CPU while nothing happens, and the time from a save to its report. Each way to
 * watch runs in a process of its own. Packaged watchers are measured too where they are installed.
 *
 * Run the compiled file with `node`, on a quiet machine; it takes about half a minute.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openFileIndex } from "../src/adapters/files/open-file-index.ts";
import { openWatcher } from "../src/adapters/watch/open-watcher.ts";

interface Result {
  readonly way: string;
  readonly readyMs: number;
  readonly rssMb: number;
  readonly watches: number;
  readonly idleCpuPercent: number;
  readonly saveMs: readonly [median: number, worst: number];
}

interface Way {
  /** Begins to watch; `report` gets absolute paths. The result stops it. */
  readonly open: (root: string, report: (path: string) => void) => Promise<() => unknown>;
  readonly saves: number;
}

const FILES = 10_000;
const DIRECTORIES = 1_000;
const IDLE_MS = 5_000;

const ways: Readonly<Record<string, Way>> = {
  "gust, events": { saves: 200, open: (root, report) => openGust(root, "auto", report) },
  "gust, events and index": { saves: 200, open: openGustWithIndex },
  "gust, polling (500 ms)": {
    saves: 10,
    open: (root, report) => openGust(root, "always", report),
  },
  chokidar: { saves: 200, open: openChokidar },
  "@parcel/watcher": { saves: 50, open: openParcel },
};

const [asked, root] = process.argv.slice(2);
if (asked !== undefined && root !== undefined) {
  process.stdout.write(JSON.stringify(await measure(asked, root)));
} else {
  main();
}

function main(): void {
  const dir = mkdtempSync(join(tmpdir(), "gust-bench-"));
  try {
    makeFiles(dir);
    const results = Object.keys(ways).flatMap((way) => runApart(way, dir));
    console.table(Object.fromEntries(results.map((result) => [result.way, rowOf(result)])));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function runApart(way: string, dir: string): Result[] {
  const script = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, ["--expose-gc", script, way, dir], {
    encoding: "utf8",
  });
  if (child.status === 0) return [JSON.parse(child.stdout) as Result];
  const isMissing = child.stderr.includes("ERR_MODULE_NOT_FOUND");
  console.log(isMissing ? `${way}: not installed` : `${way} failed:\n${child.stderr}`);
  return [];
}

async function measure(name: string, dir: string): Promise<Result> {
  const way = ways[name];
  if (way === undefined) throw new Error(`no such way: ${name}`);
  const waiting = new Map<string, () => void>();
  const before = rss();
  const began = performance.now();
  const close = await way.open(dir, (path) => waiting.get(path)?.());
  const readyMs = performance.now() - began;
  const rssMb = (rss() - before) / 1e6;
  const watches = inotifyWatches();
  const idleCpuPercent = await idleCpu();
  const times: number[] = [];
  for (let save = 0; save < way.saves; save += 1) {
    const path = fileName(dir, (save * 7_919) % FILES);
    const seen = new Promise<void>((resolve) => waiting.set(path, resolve));
    const saved = performance.now();
    saveFile(path, save);
    await seen;
    times.push(performance.now() - saved);
    waiting.delete(path);
    // Saves of a person do not come at once; a watcher may treat a burst in another way.
    await pause(20);
  }
  await close();
  times.sort((a, b) => a - b);
  const saveMs = [times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0] as const;
  return { way: name, readyMs, rssMb, watches, idleCpuPercent, saveMs };
}

async function openGust(
  dir: string,
  poll: "auto" | "always",
  report: (path: string) => void,
): Promise<() => unknown> {
  const watcher = openWatcher({
    roots: [dir],
    skipDir: () => false,
    extraDirs: [],
    poll,
    pollIntervalMs: 500,
    platform: process.platform,
  });
  await watcher.start({ touched: (paths) => paths.forEach(report), lost: () => undefined });
  return () => watcher.close();
}

async function openGustWithIndex(
  dir: string,
  report: (path: string) => void,
): Promise<() => unknown> {
  const index = openFileIndex({ roots: [dir], skipDir: () => false, gitIgnore: null });
  const examine = async (path: string): Promise<void> => {
    const [fact] = await index.examine([path]);
    if (fact?.change === "modified") report(path);
  };
  const close = await openGust(dir, "auto", (path) => void examine(path));
  index.prime(Array.from({ length: FILES }, (_, n) => fileName(dir, n)));
  await index.primed();
  return close;
}

async function openChokidar(dir: string, report: (path: string) => void): Promise<() => unknown> {
  const name = "chokidar";
  const chokidar = await import(name);
  const watcher = chokidar.watch(dir, { ignoreInitial: true });
  watcher.on("all", (_: string, path: string) => report(path));
  await new Promise((resolve) => watcher.on("ready", resolve));
  return () => watcher.close();
}

async function openParcel(dir: string, report: (path: string) => void): Promise<() => unknown> {
  const name = "@parcel/watcher";
  const { default: parcel } = await import(name);
  const subscription = await parcel.subscribe(
    dir,
    (_: unknown, events: readonly { readonly path: string }[]) => {
      for (const event of events) report(event.path);
    },
  );
  return () => subscription.unsubscribe();
}

/** By turns in place and by a rename over the old file, as editors do it. */
function saveFile(path: string, save: number): void {
  // The process makes it new: an earlier one has saved the same files.
  const text = `package a // ${process.pid} ${save}\n`;
  if (save % 2 === 0) {
    writeFileSync(path, text);
    return;
  }
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, path);
}

function makeFiles(dir: string): void {
  for (let n = 0; n < DIRECTORIES; n += 1) {
    mkdirSync(join(dir, `d${Math.floor(n / 10)}`, `e${n % 10}`), { recursive: true });
  }
  for (let n = 0; n < FILES; n += 1) writeFileSync(fileName(dir, n), "package a\n");
}

function fileName(dir: string, n: number): string {
  const d = n % DIRECTORIES;
  return join(dir, `d${Math.floor(d / 10)}`, `e${d % 10}`, `f${Math.floor(n / DIRECTORIES)}.go`);
}

function rss(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

async function idleCpu(): Promise<number> {
  // What was begun at the start ends first.
  await pause(1_000);
  const before = process.cpuUsage();
  await pause(IDLE_MS);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 1_000 / IDLE_MS) * 100;
}

function inotifyWatches(): number {
  if (process.platform !== "linux") return 0;
  let count = 0;
  for (const fd of readdirSync("/proc/self/fdinfo")) {
    try {
      count += readFileSync(`/proc/self/fdinfo/${fd}`, "utf8").split("inotify wd:").length - 1;
    } catch {
      // The descriptor by which the directory was listed is closed by now.
    }
  }
  return count;
}

function rowOf(result: Result): Readonly<Record<string, string>> {
  return {
    "ready ms": result.readyMs.toFixed(0),
    "memory MB": result.rssMb.toFixed(1),
    "inotify watches": String(result.watches),
    "idle CPU %": result.idleCpuPercent.toFixed(2),
    "save ms (median)": result.saveMs[0].toFixed(1),
    "save ms (worst)": result.saveMs[1].toFixed(1),
  };
}

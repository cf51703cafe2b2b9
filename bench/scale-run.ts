import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Share, shareOf } from "./gust-share.ts";
import { type ProcessFacts, treeWithout } from "./proc-tree.ts";
import type { RunningTool } from "./running-tool.ts";
import { freePort, idle } from "./saves.ts";
import { scaleFile, scaleModule, scaleText } from "./scale-module.ts";
import { type ToolBox, startGust } from "./tools.ts";

/** What gust is like on a program of so many packages. */
export interface ScaleResult {
  readonly packages: number;
  readonly files: number;
  /** From the start of gust to the first version that serves; the build cache may know parts. */
  readonly firstMs: number;
  readonly shares: readonly Share[];
  /** CPU milliseconds of gust's own processes in the 20 s after the last version was live. */
  readonly afterCpuMs: number;
  /** The same in the 10 s after these, when all that a save leaves to do is done. */
  readonly restCpuMs: number;
  readonly nodeMb: number;
  readonly keeperMb: number;
}

const afterMs = 20_000;
const restMs = 10_000;
const firstLimitMs = 600_000;
const saveLimitMs = 60_000;

/** Runs gust on a new program of that size, and saves in its last package. */
export async function measureScale(
  box: Pick<ToolBox, "gust" | "work">,
  of: { readonly packages: number; readonly saves: number },
): Promise<ScaleResult> {
  const { packages } = of;
  const dir = join(box.work, `scale-${packages}`);
  const files = await writeModule(dir, packages);
  const port = await freePort();
  const socket = join(tmpdir(), `gust-bench-${process.pid}-${port}`);
  const began = performance.now();
  const signs = new EventEmitter();
  const gust = startGust({ dir, port, socket }, box, (event) => void signs.emit(event.type));
  try {
    await live(gust, signs, firstLimitMs);
    const firstMs = performance.now() - began;
    const shares: Share[] = [];
    for (let save = -1; save < of.saves; save += 1) {
      await idle(gust);
      const share = await saveOnce(gust, signs, packages);
      // The first one fills caches and does not count.
      if (save >= 0 && share !== null) shares.push(share);
    }
    await idle(gust);
    const looks = [ownProcesses(gust)];
    for (const pause of [afterMs, restMs]) {
      await delay(pause);
      looks.push(ownProcesses(gust));
    }
    const [afterCpuMs = NaN, restCpuMs = NaN] = cpuBetween(looks);
    const [node, ...keeper] = looks.at(-1) ?? [];
    const keeperMb = keeper.reduce((sum, one) => sum + one.memoryMb, 0);
    const nodeMb = node?.memoryMb ?? NaN;
    return { packages, files, firstMs, shares, afterCpuMs, restCpuMs, nodeMb, keeperMb };
  } finally {
    await gust.stop();
  }
}

async function writeModule(dir: string, packages: number): Promise<number> {
  await rm(dir, { recursive: true, force: true });
  const files = scaleModule(packages);
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  // The top of a work tree of its own: this repository's .gitignore leaves the copies out.
  await mkdir(join(dir, ".git"));
  return files.size;
}

async function saveOnce(
  gust: RunningTool,
  signs: EventEmitter,
  packages: number,
): Promise<Share | null> {
  const seen = gust.events.length;
  const file = join(gust.place.dir, scaleFile(packages));
  await writeFile(`${file}.new`, scaleText(packages, randomBytes(6).toString("hex")));
  const isLive = live(gust, signs, saveLimitMs);
  const savedAt = Date.now();
  await rename(`${file}.new`, file);
  await isLive;
  return shareOf(gust.events.slice(seen), { savedAt, firstMs: Number.NaN });
}

/** Waits for the next `live` event; throws when gust cannot go on or takes too long. */
async function live(gust: RunningTool, signs: EventEmitter, limitMs: number): Promise<void> {
  const signal = AbortSignal.timeout(limitMs);
  const got = await Promise.race([once(signs, "live", { signal }), gust.lost]);
  if (typeof got === "string") throw new Error(got);
}

const ownProcesses = (gust: RunningTool) => {
  const program = gust.events.findLast((event) => event.type === "live")?.pid;
  return treeWithout(gust.pid, program === undefined ? [] : [program]);
};

/** CPU milliseconds from each look to the next. */
function cpuBetween(looks: readonly (readonly ProcessFacts[])[]): readonly number[] {
  const used = looks.map((look) => look.reduce((sum, one) => sum + one.ownSeconds, 0) * 1000);
  return used.slice(1).map((now, index) => now - (used[index] ?? NaN));
}

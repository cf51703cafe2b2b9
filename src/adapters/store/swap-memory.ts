import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Memory } from "../../core/effect.ts";
import type { Address } from "../../core/version.ts";

/** How many programs are remembered; those that were not run for the longest time are forgotten. */
const MOST = 200;

/** What one run of a program leaves to the next; it lies in the cache, and may be lost. */
export interface SwapMemory {
  /** What the last run has left. */
  readonly last: Memory | null;
  /** Never rejects: a memory that cannot be kept is lost. */
  keep(memory: Memory): Promise<void>;
}

export async function openSwapMemory(cacheDir: string, key: string): Promise<SwapMemory> {
  const dir = join(cacheDir, "memory");
  const file = join(dir, `${key}.json`);
  const last = parseMemory(await readFile(file, "utf8").catch(() => ""));
  let writing: Promise<void> = Promise.resolve();
  return {
    last,
    keep(memory) {
      // One after the other: the newest is what stays.
      writing = write(dir, file, memory, writing);
      return writing;
    },
  };
}

async function write(dir: string, file: string, memory: Memory, after: Promise<void>) {
  await after;
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeFile(`${file}.tmp`, JSON.stringify(memory));
    await rename(`${file}.tmp`, file);
    await forgetOldest(dir);
  } catch {
    // The next run starts without it.
  }
}

/** Null where the text is not what `keep` writes. */
export function parseMemory(text: string): Memory | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (!("addresses" in value) || !Array.isArray(value.addresses)) return null;
  const alone = "alone" in value && typeof value.alone === "string" ? value.alone : null;
  return { addresses: value.addresses.filter(isAddress), alone };
}

function isAddress(value: unknown): value is Address {
  return (
    typeof value === "object" &&
    value !== null &&
    "network" in value &&
    (value.network === "tcp" || value.network === "udp" || value.network === "unix") &&
    "address" in value &&
    typeof value.address === "string"
  );
}

async function forgetOldest(dir: string): Promise<void> {
  const names = await readdir(dir);
  if (names.length <= MOST) return;
  const files = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(dir, name))).mtimeMs })),
  );
  const old = files.toSorted((a, b) => b.time - a.time).slice(MOST);
  await Promise.all(old.map(({ name }) => rm(join(dir, name), { force: true })));
}

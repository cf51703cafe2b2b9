import { readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Whose output a directory has. */
export interface AboutLogs {
  /** Absolute root of the project. */
  readonly root: string;
  /** The main package, as the user names it. */
  readonly main: string;
  /** Its name, where one gust runs several. */
  readonly service?: string;
}

export interface ProgramLogs extends AboutLogs {
  /** Absolute. */
  readonly dir: string;
}

/** Every program whose output was kept, in the directory `logs`. */
export async function listLogs(logs: string): Promise<readonly ProgramLogs[]> {
  const names = await readdir(logs).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const dir = join(logs, name);
      const about = parseAbout(await readFile(join(dir, "about.json"), "utf8").catch(() => ""));
      return about === null ? [] : [{ ...about, dir }];
    }),
  );
  return found.flat();
}

/** Removes what nobody has added to for the longest time. */
export async function forgetOldest(logs: string, most: number = MOST): Promise<void> {
  const names = await readdir(logs);
  if (names.length <= most) return;
  const dirs = await Promise.all(
    names.map(async (name) => ({ name, time: await newestTime(join(logs, name)) })),
  );
  const old = dirs.toSorted((a, b) => b.time - a.time).slice(most);
  await Promise.all(old.map(({ name }) => rm(join(logs, name), { recursive: true, force: true })));
}

/** Of how many programs the output is kept. */
const MOST = 30;

async function newestTime(dir: string): Promise<number> {
  const names = await readdir(dir).catch(() => []);
  const times = await Promise.all(
    names.map(async (name) => (await stat(join(dir, name)).catch(() => null))?.mtimeMs ?? 0),
  );
  return Math.max(0, ...times);
}

function parseAbout(text: string): AboutLogs | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return null;
    const { root, main, service } = value as Partial<Record<keyof AboutLogs, unknown>>;
    if (typeof root !== "string" || typeof main !== "string") return null;
    return { root, main, ...(typeof service === "string" ? { service } : {}) };
  } catch {
    return null;
  }
}

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type RunRecord, parseRecord } from "./run-record.ts";

export interface KnownRun extends RunRecord {
  /** The run directory; its name is the key of the program. */
  readonly dir: string;
}

/** Every run that has a record; whether it still lives, its control socket tells. */
export async function listRuns(cacheDir: string): Promise<readonly KnownRun[]> {
  const projects = join(cacheDir, "projects");
  const names = await readdir(projects).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const dir = join(projects, name);
      const record = parseRecord(await readFile(join(dir, "run.json"), "utf8").catch(() => ""));
      return record === null ? [] : [{ ...record, dir }];
    }),
  );
  return found.flat();
}

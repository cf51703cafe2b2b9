import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Subject } from "./programs.ts";
import { type Bench, begin } from "./saves.ts";
import { readLines } from "./running-tool.ts";
import { start, stop } from "./started.ts";
import { gustEnv } from "./tools.ts";

/** Milliseconds from the start of a process, a value per round. */
export interface StartUp {
  /** A Node process that does nothing: the floor of every program in Node. */
  readonly emptyNode: number[];
  readonly gustVersion: number[];
  readonly airVersion: number[];
  /** To the first word of gust about the project, to its first build, and to `live`. */
  readonly gustHello: number[];
  readonly gustBuild: number[];
  readonly gustLive: number[];
  readonly airBuild: number[];
  readonly airRun: number[];
}

/** Starts everything in turns; the copies of the program have been built before. */
export async function measureStartUp(
  bench: Bench,
  subject: Subject,
  rounds: number,
): Promise<StartUp> {
  const { box, say } = bench;
  const empty = join(box.work, "empty.mjs");
  await writeFile(empty, "");
  const dirs = { gust: "", air: "" };
  for (const name of ["gust", "air"] as const) {
    const tool = await begin(bench, subject, name);
    dirs[name] = tool.place.dir;
    await tool.stop();
  }
  const node = process.execPath;
  const times: StartUp = {
    emptyNode: [],
    gustVersion: [],
    airVersion: [],
    gustHello: [],
    gustBuild: [],
    gustLive: [],
    airBuild: [],
    airRun: [],
  };
  for (let round = 0; round < rounds; round += 1) {
    times.emptyNode.push(await timeToEnd([node, empty]));
    times.gustVersion.push(await timeToEnd([node, box.gust, "--version"]));
    times.airVersion.push(await timeToEnd([box.air, "-v"]));
    const gust = await timeToLines([node, box.gust, "--json"], {
      cwd: dirs.gust,
      env: gustEnv(box.work),
      texts: gustSigns,
    });
    push([times.gustHello, times.gustBuild, times.gustLive], gust);
    const air = await timeToLines([box.air], { cwd: dirs.air, env: {}, texts: airSigns });
    push([times.airBuild, times.airRun], air);
    say(`start-up: round ${round + 1} of ${rounds}`);
  }
  await rm(empty);
  return times;
}

const airSigns = ["building...", "running..."];
const gustSigns = ['"type":"hello"', '"type":"build-started"', '"type":"live"'];

function push(series: readonly number[][], values: readonly number[]): void {
  for (const [index, one] of series.entries()) one.push(values[index] ?? Number.NaN);
}

async function timeToEnd(argv: readonly [string, ...string[]]): Promise<number> {
  const from = performance.now();
  const child = start(argv, { stdio: ["pipe", "ignore", "ignore"] });
  await new Promise((resolve) => child.on("close", resolve));
  return performance.now() - from;
}

/** Times to the first line with each of these texts; ends the process after the last. */
async function timeToLines(
  argv: readonly [string, ...string[]],
  of: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly texts: readonly string[];
  },
): Promise<readonly number[]> {
  const { cwd, texts } = of;
  const from = performance.now();
  const child = start(argv, {
    cwd,
    env: { ...of.env, PORT: "0" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const found = new Map<string, number>();
  await new Promise<void>((resolve) => {
    child.on("exit", () => resolve());
    for (const stream of [child.stdout, child.stderr]) {
      readLines(stream, (line) => {
        for (const text of texts) {
          if (line.includes(text) && !found.has(text)) found.set(text, performance.now() - from);
        }
        if (found.size === texts.length) resolve();
      });
    }
  });
  await stop(child);
  return texts.map((text) => found.get(text) ?? Number.NaN);
}

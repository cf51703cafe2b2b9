import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type CountsByKind, GoLoad, type Silences } from "../test/e2e/go-load.ts";
import type { Trouble } from "../test/e2e/load.ts";
import { answerFile } from "../test/e2e/project.ts";
import type { Place, RunningTool } from "./running-tool.ts";

/** A tool as it is put under load. */
export interface Loaded {
  readonly title: string;
  start(place: Place): RunningTool | Promise<RunningTool>;
}

export interface LoadResult {
  readonly title: string;
  readonly counts: CountsByKind;
  /** Over the whole run, and in a few seconds before the first save. */
  readonly silences: Silences;
  readonly atRest: Silences;
  readonly troubles: readonly Trouble[];
  readonly saves: number;
  /** Of each save that came to answer: the time until it did. */
  readonly liveMs: readonly number[];
}

export interface LoadPlan {
  readonly work: string;
  readonly saves: number;
  readonly say: (text: string) => void;
}

/** Name, clients, and requests a second by all of them; as in the tests. */
const kinds = [
  "fresh:4:40",
  "kept:6:120",
  "slow:2:5",
  "h2:3:6",
  "sse:4:40",
  "ws:4:40",
  "upload:1:1",
  "download:1:1",
];

const firstBuildMs = 300_000;
const saveMs = 15_000;
/** So many saves may not come to answer before there is nothing more to learn. */
const missedMax = 3;
/** How often a new connection asks whether the new version answers. */
const everyMs = 5;
/** Without a save, before the first and after the last one. */
const restMs = 3000;

/** Saves one after the other, each when the one before has been live for a second or two. */
export async function runUnderLoad(tool: Loaded, plan: LoadPlan): Promise<LoadResult> {
  const dir = join(plan.work, "everything-under-load");
  await rm(dir, { recursive: true, force: true });
  await cp("test/fixtures/programs/everything", dir, { recursive: true });
  // The top of a work tree of its own: this repository's .gitignore leaves the copies out.
  await mkdir(join(dir, ".git"));
  const port = await freePort(18_080);
  const tlsPort = await freePort(port + 1);
  plan.say(`${tool.title}: first build`);
  const running = await tool.start({
    dir,
    port,
    env: { TLS_PORT: String(tlsPort) },
    socket: "",
  });
  try {
    const first = await Promise.race([answers(port, 0, firstBuildMs), running.lost]);
    if (first !== true) {
      throw new Error([`${tool.title}: ${first || "no answer"}`, ...running.lines].join("\n"));
    }
    const load = await GoLoad.start({ port, tlsPort }, kinds);
    try {
      await pause(restMs);
      await load.counts();
      const atRest = load.silences;
      const liveMs = await saveAll(running, load, {
        ...plan,
        say: (text) => plan.say(`${tool.title}: ${text}`),
      });
      const counts = await load.stop();
      const { silences, troubles } = load;
      return { title: tool.title, counts, silences, atRest, troubles, saves: plan.saves, liveMs };
    } finally {
      await load.kill();
    }
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function saveAll(
  tool: RunningTool,
  load: GoLoad,
  { saves, say }: LoadPlan,
): Promise<readonly number[]> {
  const { dir, port } = tool.place;
  const liveMs: number[] = [];
  for (let number = 1; number <= saves; number += 1) {
    const aside = `${dir}.saving`;
    await writeFile(aside, answerFile(String(number)));
    const saved = performance.now();
    await rename(aside, join(dir, "answer.go"));
    if (await answers(port, number, saveMs)) {
      load.live(number);
      const took = performance.now() - saved;
      liveMs.push(took);
      say(`save ${number} of ${saves} answers after ${took.toFixed(0)} ms`);
    } else {
      // Who develops would save once more, and so does this.
      say(`save ${number} of ${saves} does not answer within ${saveMs / 1000} s:`);
      say(tool.lines.slice(-12).join("\n"));
      if (number - liveMs.length > missedMax) break;
    }
    // Not always at the same moment of what the clients do at a steady pace.
    await pause(1000 + ((number * 137) % 400));
  }
  await pause(restMs);
  return liveMs;
}

/** Asks over new connections until one answers with this number; false when none does. */
async function answers(port: number, number: number, withinMs: number): Promise<boolean> {
  for (const over = performance.now() + withinMs; performance.now() < over;) {
    const answer = await askOnce(port);
    if (answer !== null && Number(answer) >= number) return true;
    await pause(everyMs);
  }
  return false;
}

function askOnce(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port, agent: false, timeout: 2000 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve(response.statusCode === 200 ? body : null));
      response.on("error", () => resolve(null));
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", () => resolve(null));
  });
}

/**
 * The first free port from here on. The system gives ports of a higher range to connections: such a
 * one might be taken by a client while no version listens, and no next version could have it.
 */
async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 100; port += 1) if (await isFree(port)) return port;
  throw new Error(`no free port from ${from} on`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

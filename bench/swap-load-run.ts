import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type CountsByKind, GoLoad, type Silences } from "../test/e2e/go-load.ts";
import type { Trouble } from "../test/e2e/load.ts";
import { answerFile } from "../test/e2e/project.ts";
import { freePort } from "./saves.ts";
import type { Place, RunningTool } from "./tools.ts";

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
const saveMs = 60_000;
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
  const [port, tlsPort] = [await freePort(), await freePort()];
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
      const liveMs = await saveAll(tool.title, load, { ...plan, dir, port });
      const counts = await load.stop();
      const { silences, troubles } = load;
      return { title: tool.title, counts, silences, atRest, troubles, liveMs };
    } finally {
      await load.kill();
    }
  } finally {
    await running.stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

type Where = LoadPlan & Pick<Place, "dir" | "port">;

async function saveAll(title: string, load: GoLoad, where: Where): Promise<readonly number[]> {
  const { saves, say, dir, port } = where;
  const liveMs: number[] = [];
  for (let number = 1; number <= saves; number += 1) {
    const aside = `${dir}.saving`;
    await writeFile(aside, answerFile(String(number)));
    const saved = performance.now();
    await rename(aside, join(dir, "answer.go"));
    if (!(await answers(port, number, saveMs))) {
      say(`${title}: save ${number} does not answer after ${saveMs / 1000} s, and is the last one`);
      break;
    }
    load.live(number);
    const took = performance.now() - saved;
    liveMs.push(took);
    say(`${title}: save ${number} of ${saves} answers after ${took.toFixed(0)} ms`);
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

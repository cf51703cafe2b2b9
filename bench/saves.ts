import { randomBytes } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Share, shareOf } from "./gust-share.ts";
import type { ProgramName, ToolName } from "./options.ts";
import { cpuSecondsOf } from "./proc-tree.ts";
import type { Subject } from "./programs.ts";
import type { RunningTool } from "./running-tool.ts";
import type { Probe } from "./stand.ts";
import { type ToolBox, startTool } from "./tools.ts";

/** All numbers of one tool with one program, a value per round. */
export interface Series {
  readonly tool: ToolName;
  /** Save to the first answer of the new code, ms; NaN when it never came. */
  readonly answerMs: number[];
  /** How long requests were not served, ms. */
  readonly downMs: number[];
  /** Connections that were refused, and those that ended without an answer. */
  readonly refused: number[];
  readonly broken: number[];
  /** CPU seconds of the tool and all that it starts, for a save that nobody watches. */
  readonly cpuSeconds: number[];
  /** Resident memory of the tool after each save, MB. */
  readonly memoryMb: number[];
  /** Share of one core that is used while nothing is saved, percent; one value. */
  readonly restPercent: number[];
  /** Gust only: where the time of the save went. */
  readonly shares: Share[];
}

export interface ProgramResult {
  readonly program: ProgramName;
  readonly title: string;
  readonly series: readonly Series[];
}

export interface Bench {
  readonly box: ToolBox;
  readonly probe: Probe;
  /** More environment for all tools but gust. */
  readonly othersEnv: Readonly<Record<string, string>>;
  readonly say: (text: string) => void;
}

/** Rounds without a result come first: caches and the memory of the tools settle. */
const warmUps = 1;
const restMs = 10_000;
const firstBuildMs = 600_000;
const saveMs = 60_000;

/** Runs all tools on copies of one program, and saves in turns. */
export async function measureSaves(
  bench: Bench,
  subject: Subject,
  plan: { readonly tools: readonly ToolName[]; readonly rounds: number },
): Promise<ProgramResult> {
  const { say } = bench;
  const started: RunningTool[] = [];
  const series = new Map(plan.tools.map((tool) => [tool, emptySeries(tool)]));
  try {
    for (const name of plan.tools) {
      say(`${subject.name}: first build by ${name}`);
      started.push(await begin(bench, subject, name));
    }
    for (let round = -warmUps; round < plan.rounds; round += 1) {
      // In every round another tool comes first.
      const first = (round + warmUps) % started.length;
      for (const tool of [...started.slice(first), ...started.slice(0, first)]) {
        const into = round < 0 ? emptySeries(tool.name) : series.get(tool.name);
        if (into !== undefined) await saveTwice(bench, subject, tool, into);
      }
      say(`${subject.name}: round ${round + 1} of ${plan.rounds}`);
    }
    const before = started.map((tool) => cpuSecondsOf(tool.pid));
    await delay(restMs);
    for (const [index, tool] of started.entries()) {
      const used = cpuSecondsOf(tool.pid) - (before[index] ?? 0);
      series.get(tool.name)?.restPercent.push((used / (restMs / 1000)) * 100);
    }
  } finally {
    await Promise.all(started.map((tool) => tool.stop()));
  }
  return { program: subject.name, title: subject.title, series: [...series.values()] };
}

/** Starts a tool on a new copy of the program, and waits until that answers. */
export async function begin(bench: Bench, subject: Subject, name: ToolName): Promise<RunningTool> {
  const dir = join(bench.box.work, `${subject.name}-${name}`);
  await rm(dir, { recursive: true, force: true });
  await subject.copy(dir);
  // The top of a work tree of its own: this repository's .gitignore leaves the copies out.
  await mkdir(join(dir, ".git"));
  const port = await freePort();
  // A socket's path may have about a hundred characters, and the work directory may lie deep.
  const socket = join(tmpdir(), `gust-bench-${process.pid}-${port}`);
  const env = name === "gust" ? {} : bench.othersEnv;
  const tool = await startTool(name, subject, { dir, port, socket, env }, bench.box);
  const answer = bench.probe.save({
    ...where(subject, tool),
    file: "",
    content: "",
    socket: "",
    // Any good answer will do.
    marker: "",
    everyUs: 20_000,
    afterMs: 0,
    timeoutMs: firstBuildMs,
  });
  const got = await Promise.race([answer, tool.lost]);
  if (typeof got === "string" || got.firstMs < 0) {
    const words = [typeof got === "string" ? got : "no answer", ...tool.lines];
    throw new Error(`${name} did not get ${subject.name} to run: ${words.join("\n")}`);
  }
  await idle(tool);
  return tool;
}

/** A save of the file with the constant, with a new one. */
export function saveOf(subject: Subject, tool: RunningTool) {
  const marker = `${tool.name} ${randomBytes(6).toString("hex")}`;
  return {
    ...where(subject, tool),
    file: join(tool.place.dir, subject.file),
    content: subject.text(marker),
    socket: tool.socket,
    marker,
  };
}

/** One save that is watched every millisecond, and one whose CPU time is counted. */
async function saveTwice(
  bench: Bench,
  subject: Subject,
  tool: RunningTool,
  into: Series,
): Promise<void> {
  const seenEvents = tool.events.length;
  const sight = await bench.probe.save({
    ...saveOf(subject, tool),
    everyUs: 1000,
    afterMs: 150,
    timeoutMs: saveMs,
  });
  await idle(tool);
  into.answerMs.push(sight.firstMs < 0 ? Number.NaN : sight.firstMs);
  into.downMs.push(sight.downMs);
  into.refused.push(sight.refused);
  into.broken.push(sight.broken);
  const share = shareOf(tool.events.slice(seenEvents), sight);
  if (share !== null) into.shares.push(share);

  const before = cpuSecondsOf(tool.pid);
  await bench.probe.save({
    ...saveOf(subject, tool),
    everyUs: 20_000,
    afterMs: 0,
    timeoutMs: saveMs,
  });
  await idle(tool);
  into.cpuSeconds.push(cpuSecondsOf(tool.pid) - before);
  const memory = tool.memoryMb();
  if (memory !== null) into.memoryMb.push(memory);
}

const where = (subject: Subject, tool: RunningTool) => ({
  port: tool.place.port,
  path: subject.path,
});

/** Waits until a tool has used no CPU time for a while: what it does late counts as well. */
export async function idle(tool: Pick<RunningTool, "pid">): Promise<void> {
  let last = cpuSecondsOf(tool.pid);
  for (let quiet = 0, looks = 0; quiet < 3 && looks < 100; looks += 1) {
    await delay(100);
    const now = cpuSecondsOf(tool.pid);
    quiet = now - last < 0.015 ? quiet + 1 : 0;
    last = now;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const emptySeries = (tool: ToolName): Series => ({
  tool,
  answerMs: [],
  downMs: [],
  refused: [],
  broken: [],
  cpuSeconds: [],
  memoryMb: [],
  restPercent: [],
  shares: [],
});

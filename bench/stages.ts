/*
 * Where the time of a save goes, stage by stage, and how late gust's event loop is meanwhile. See
 * README.md.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { GustEvent } from "./gust-events.ts";
import { type Share, ownShare, shareOf } from "./gust-share.ts";
import { type Subject, findSubject } from "./programs.ts";
import { conditionsOf, loadNow } from "./report.ts";
import { cpuSecondsOf } from "./proc-tree.ts";
import type { RunningTool } from "./running-tool.ts";
import { freePort, idle } from "./saves.ts";
import { guardAgainstLeftovers, stopAll } from "./started.ts";
import { median, quantile } from "./stats.ts";
import { number, table } from "./tables.ts";
import { startGust } from "./tools.ts";

const work = "bench/.work";
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const programs = ["hello", "gin", "large"] as const;

interface Lateness {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

interface Stages {
  readonly name: string;
  readonly shares: readonly Share[];
  /** CPU seconds of gust and all that it has started, from each save until all is at rest. */
  readonly cpu: readonly number[];
  readonly late: Lateness;
}

const { values } = parseArgs({ options: { saves: { type: "string", default: "15" } } });
const saves = Number(values.saves);
if (!Number.isInteger(saves) || saves < 1) {
  say("npm run bench -- stages.ts [--saves 15]");
  process.exit(2);
}
guardAgainstLeftovers();
const before = loadNow();
execFileSync(process.execPath, ["scripts/bundle.mjs"], { stdio: "inherit" });
const results: Stages[] = [];
try {
  for (const name of programs) {
    say(name);
    results.push(...(await measure(await findSubject(name, work))));
  }
} finally {
  await stopAll();
}
const c = conditionsOf(".", {
  rounds: saves,
  peers: {},
  debugInfo: true,
  load: [before, loadNow()],
});
process.stdout.write(
  `${c.date}: gust ${c.gust}, ${c.go}, Node ${c.node}, ${c.system}, ${c.cores} cores, ` +
    `load ${c.load[0]} before and ${c.load[1]} after, ${saves} saves.\n\n${table(head(), results.map(row))}\n`,
);

/** With a linker that waits and without, save by save in turns. */
async function measure(subject: Subject): Promise<readonly Stages[]> {
  const ways = [await begin(subject, true), await begin(subject, false)];
  for (let save = -2; save < saves; save += 1) {
    for (const way of save % 2 === 0 ? ways : ways.toReversed()) await oneSave(subject, way, save);
  }
  const found: Stages[] = [];
  for (const { gust, loop, stages } of ways) {
    await gust.stop();
    const late: unknown = JSON.parse(await readFile(loop, "utf8"));
    found.push({ ...stages, late: latenessOf(late) });
  }
  return found;
}

interface Way {
  readonly dir: string;
  readonly loop: string;
  readonly gust: RunningTool;
  readonly signs: EventEmitter;
  readonly stages: Omit<Stages, "late"> & { readonly shares: Share[]; readonly cpu: number[] };
}

async function begin(subject: Subject, preload: boolean): Promise<Way> {
  const name = `${subject.name}${preload ? "" : ", preload = false"}`;
  const dir = resolve(work, `stages-${subject.name}${preload ? "" : "-off"}`);
  await subject.copy(dir);
  if (!preload) await writeFile(join(dir, "gust.toml"), "[build]\npreload = false\n");
  const port = await freePort();
  const loop = join(dir, "event-loop.json");
  const place = { dir, port, socket: join(tmpdir(), `gust-bench-${process.pid}-${port}`) };
  const signs = new EventEmitter();
  const gust = startGust(
    { ...place, env: { GUST_BENCH_LOOP: loop } },
    { gust: resolve("bin/gust"), work },
    (event) => void signs.emit(event.type),
    ["--require", resolve("bench/stand/event-loop.cjs")],
  );
  await once(signs, "prepared");
  return { dir, loop, gust, signs, stages: { name, shares: [], cpu: [] } };
}

async function oneSave(subject: Subject, way: Way, save: number): Promise<void> {
  const { dir, gust, signs, stages } = way;
  await idle(gust);
  // The first two fill caches.
  if (save === 0) process.kill(gust.pid, "SIGWINCH");
  const seen = gust.events.length;
  const file = join(dir, subject.file);
  await writeFile(`${file}.new`, subject.text(randomBytes(6).toString("hex")));
  const live = once(signs, "live");
  const cpu = cpuSecondsOf(gust.pid);
  const savedAt = Date.now();
  await rename(`${file}.new`, file);
  await live;
  const events: readonly GustEvent[] = gust.events.slice(seen);
  const share = shareOf(events, { savedAt, firstMs: Number.NaN });
  if (save < 0 || share === null) return;
  await idle(gust);
  stages.shares.push(share);
  stages.cpu.push(cpuSecondsOf(gust.pid) - cpu);
}

function latenessOf(value: unknown): Lateness {
  const facts = new Map(Object.entries(value ?? {}));
  const of = (name: string): number => Number(facts.get(name));
  return { p50: of("p50"), p99: of("p99"), max: of("max") };
}

function head(): readonly string[] {
  return [
    "program",
    "save → building",
    "plan",
    "compile",
    "link",
    "check",
    "start → ready",
    "all else",
    "live",
    "CPU s",
    "gust's own",
    "p95",
    "loop late p50",
    "p99",
    "most",
  ];
}

function row({ name, shares, cpu, late }: Stages): readonly string[] {
  const of = (pick: (share: Share) => number | null): string =>
    number(median(shares.flatMap((one) => pick(one) ?? [])), 1);
  return [
    name,
    of((one) => one.pickUp),
    of((one) => one.plan),
    of((one) => one.compile),
    of((one) => one.link),
    of((one) => one.check),
    of((one) => one.start),
    of((one) => one.rest),
    of((one) => one.live),
    number(median(cpu), 2),
    of(ownShare),
    number(quantile(shares.map(ownShare), 0.95), 1),
    ...[late.p50, late.p99, late.max].map((ms) => number(ms, 1)),
  ];
}

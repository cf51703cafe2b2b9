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
    results.push(await measure(await findSubject(name, work)));
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

async function measure(subject: Subject): Promise<Stages> {
  const dir = resolve(work, `stages-${subject.name}`);
  await subject.copy(dir);
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
  const shares: Share[] = [];
  for (let save = -2; save < saves; save += 1) {
    await idle(gust);
    // The first two fill caches.
    if (save === 0) process.kill(gust.pid, "SIGWINCH");
    const seen = gust.events.length;
    const file = join(dir, subject.file);
    await writeFile(`${file}.new`, subject.text(randomBytes(6).toString("hex")));
    const live = once(signs, "live");
    const savedAt = Date.now();
    await rename(`${file}.new`, file);
    await live;
    const events: readonly GustEvent[] = gust.events.slice(seen);
    const share = shareOf(events, { savedAt, firstMs: Number.NaN });
    if (save >= 0 && share !== null) shares.push(share);
  }
  await gust.stop();
  const late: unknown = JSON.parse(await readFile(loop, "utf8"));
  return { name: subject.name, shares, late: latenessOf(late) };
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
    "gust's own",
    "p95",
    "loop late p50",
    "p99",
    "most",
  ];
}

function row({ name, shares, late }: Stages): readonly string[] {
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
    of(ownShare),
    number(quantile(shares.map(ownShare), 0.95), 1),
    ...[late.p50, late.p99, late.max].map((ms) => number(ms, 1)),
  ];
}

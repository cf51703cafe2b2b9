/*
 * What gust costs on programs of 10 to 2,000 packages: how soon a build begins after a save, how
 * soon the new version is live, and what gust takes while nothing happens. See README.md.
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Share, compilerStart } from "./gust-share.ts";
import { conditionsOf, loadNow } from "./report.ts";
import { type ScaleResult, measureScale } from "./scale-run.ts";
import { guardAgainstLeftovers, stopAll } from "./started.ts";
import { median, quantile } from "./stats.ts";
import { number, table } from "./tables.ts";

const work = "bench/.work";
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "10,100,1000,2000" },
    saves: { type: "string", default: "7" },
    gust: { type: "string", default: "." },
  },
});
const sizes = values.sizes.split(",").map(Number);
const saves = Number(values.saves);
if ([...sizes, saves].some((one) => !Number.isInteger(one) || one < 1)) {
  say("npm run bench -- scale.ts [--sizes 10,100,1000,2000] [--saves 7] [--gust DIR]");
  process.exit(2);
}
guardAgainstLeftovers();
const before = loadNow();
const gust = resolve(values.gust, "bin/gust");
execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: values.gust, stdio: "inherit" });

const results: ScaleResult[] = [];
try {
  for (const packages of sizes) {
    say(`${packages} packages`);
    results.push(await measureScale({ gust, work }, { packages, saves }));
  }
} finally {
  await stopAll();
}
const c = conditionsOf(values.gust, {
  rounds: saves,
  peers: {},
  debugInfo: true,
  load: [before, loadNow()],
});
process.stdout.write(
  `${c.date}: gust ${c.gust}, ${c.go}, Node ${c.node}, ${c.system}, ${c.cores} cores, ` +
    `load ${c.load[0]} before and ${c.load[1]} after, ${saves} saves.\n\n` +
    `${table(head(), results.map(row))}\n`,
);

function head(): readonly string[] {
  return [
    "packages",
    "files",
    "first live s",
    "save → building ms",
    "p95",
    "plan ms",
    "save → compile ms",
    "save → live ms",
    "p95",
    "CPU ms in 20 s after",
    "in 10 s of rest",
    "Node MB",
    "keeper MB",
  ];
}

function row(result: ScaleResult): readonly string[] {
  const of = (pick: (share: Share) => number | null): readonly number[] =>
    result.shares.flatMap((share) => pick(share) ?? []);
  const pickUp = of((one) => one.pickUp);
  const live = of((one) => one.live);
  return [
    String(result.packages),
    String(result.files),
    number(result.firstMs / 1000, 1),
    number(median(pickUp), 1),
    number(quantile(pickUp, 0.95), 1),
    number(median(of((one) => one.plan)), 1),
    number(median(of(compilerStart)), 1),
    number(median(live), 0),
    number(quantile(live, 0.95), 0),
    number(result.afterCpuMs, 0),
    number(result.restCpuMs, 0),
    number(result.nodeMb, 0),
    number(result.keeperMb, 1),
  ];
}

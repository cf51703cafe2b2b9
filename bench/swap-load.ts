/*
 * What clients of all kinds see of saves: the load of test/load on the program `everything`, under
 * gust and under air, one after the other. `npm run bench -- swap-load.ts [swaps]`; see README.md.
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { conditionsOf, loadNow } from "./report.ts";
import { guardAgainstLeftovers, stopAll } from "./started.ts";
import { type LoadResult, type Loaded, runUnderLoad } from "./swap-load-run.ts";
import { loadTable } from "./swap-load-table.ts";
import { installAir, startAir, startGust } from "./tools.ts";

const work = "bench/.work";
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const [asked = "20", ...more] = process.argv.slice(2);
const saves = Number(asked);
if (more.length > 0 || !Number.isInteger(saves) || saves < 1 || saves > 1000) {
  say("npm run bench -- swap-load.ts [swaps]   1 to 1000, by default 20");
  process.exit(2);
}
guardAgainstLeftovers();
const before = loadNow();
say("preparing: air, gust");
const air = await installAir(work);
const gust = resolve("bin/gust");
execFileSync(process.execPath, ["scripts/bundle.mjs"], { stdio: "inherit" });

/** It asks the program to end, and waits for that; and it does not wait for more saves. */
const asking = { send_interrupt: "true", kill_delay: '"5s"', delay: "1" };
const tools: readonly Loaded[] = [
  {
    title: "gust",
    start: (place) => startGust(place, { gust, work }),
  },
  {
    title: "air",
    start: (place) => startAir("air", place, { box: { air }, settings: {} }),
  },
  {
    title: "air, asking",
    start: (place) => startAir("air-tuned", place, { box: { air }, settings: asking }),
  },
];

const results: LoadResult[] = [];
try {
  for (const tool of tools) results.push(await runUnderLoad(tool, { work, saves, say }));
} finally {
  await stopAll();
}
const c = conditionsOf(".", {
  rounds: saves,
  peers: {},
  debugInfo: true,
  load: [before, loadNow()],
});
const head =
  `${c.date}: gust ${c.gust}, air ${c.air}, ${c.go}, Node ${c.node}, ${c.system}, ` +
  `${c.cores} cores, load ${c.load[0]} before and ${c.load[1]} after, ${saves} saves for each tool.`;
process.stdout.write(`${[head, ...loadTable(results)].join("\n\n")}\n`);

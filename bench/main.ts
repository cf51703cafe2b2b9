import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { readOptions, usage } from "./options.ts";
import { findSubject } from "./programs.ts";
import { conditionsOf, loadNow, record, reportText } from "./report.ts";
import { type ProgramResult, measureSaves } from "./saves.ts";
import { buildStand, openProbe } from "./stand.ts";
import { guardAgainstLeftovers, stopAll } from "./started.ts";
import { type StartUp, measureStartUp } from "./start-up.ts";
import { type StormResult, measureStorm, stormNames } from "./storm.ts";
import { installAir } from "./tools.ts";

const work = "bench/.work";
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const options = readOptions(process.argv.slice(2));
if (options === null || typeof options === "string") {
  (options === null ? process.stdout : process.stderr).write(`${options ?? ""}\n${usage}`);
  process.exit(options === null ? 0 : 2);
}
guardAgainstLeftovers();
const before = loadNow();
say("preparing: the test stand, air, gust");
const stand = await buildStand(work);
const air = await installAir(work);
const gust = resolve(options.gust, "bin/gust");
execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: options.gust, stdio: "inherit" });
const bench = { box: { gust, air, stand, work }, probe: openProbe(stand), say };
const { rounds, tools, parts } = options;
const programs: ProgramResult[] = [];
const storms: StormResult[] = [];
let start: StartUp | null = null;
try {
  if (parts.includes("saves")) {
    for (const name of options.programs) {
      programs.push(await measureSaves(bench, await findSubject(name, work), options));
    }
  }
  const hello = await findSubject("hello", work);
  if (parts.includes("start")) start = await measureStartUp(bench, hello, rounds);
  for (const storm of parts.includes("storm") ? stormNames : []) {
    for (const tool of tools.filter((one) => !one.startsWith("floor"))) {
      say(`storm of ${storm}: ${tool}`);
      storms.push(await measureStorm(bench, hello, { storm, tool }));
    }
  }
} finally {
  await stopAll();
}
const conditions = conditionsOf(options.gust, { rounds, load: [before, loadNow()] });
const report = { conditions, start, programs, storms };
process.stdout.write(`${reportText(report)}\n`);
if (options.record) await record(report);

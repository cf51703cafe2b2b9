import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { withoutDebugInfo } from "./commands.ts";
import { lastRecorded, regressions } from "./guard.ts";
import { peerNames, readOptions, usage } from "./options.ts";
import { installPeers, versionsOf } from "./peer-install.ts";
import { findSubject } from "./programs.ts";
import { conditionsOf, loadNow, record, reportText, resultsDir } from "./report.ts";
import { type ProgramResult, measureSaves } from "./saves.ts";
import { buildStand, openProbe } from "./stand.ts";
import { guardAgainstLeftovers, stopAll } from "./started.ts";
import { type StartUp, measureStartUp } from "./start-up.ts";
import { type StormResult, measureStorm, stormNames, stormTools } from "./storm.ts";
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
say("preparing: the test stand, air, the other tools, gust");
const stand = await buildStand(work);
const air = await installAir(work);
const peers = await installPeers(work, options.tools, say);
const gust = resolve(options.gust, "bin/gust");
execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: options.gust, stdio: "inherit" });
const othersEnv = options.noDebugInfo ? withoutDebugInfo : {};
const bench = { box: { gust, air, peers, stand, work }, probe: openProbe(stand), othersEnv, say };
const { rounds, parts } = options;
const missing = peerNames.filter((name) => !peers.has(name));
const tools = options.tools.filter((tool) => !missing.some((name) => name === tool));
const programs: ProgramResult[] = [];
const storms: StormResult[] = [];
let start: StartUp | null = null;
try {
  if (parts.includes("saves")) {
    for (const name of options.programs) {
      programs.push(await measureSaves(bench, await findSubject(name, work), { tools, rounds }));
    }
  }
  const hello = await findSubject("hello", work);
  if (parts.includes("start")) start = await measureStartUp(bench, hello, rounds);
  for (const storm of parts.includes("storm") ? stormNames : []) {
    for (const tool of stormTools.filter((one) => tools.includes(one))) {
      say(`storm of ${storm}: ${tool}`);
      storms.push(await measureStorm(bench, hello, { storm, tool }));
    }
  }
} finally {
  await stopAll();
}
const conditions = conditionsOf(options.gust, {
  rounds,
  debugInfo: !options.noDebugInfo,
  peers: versionsOf(peers),
  load: [before, loadNow()],
});
const report = { conditions, start, programs, storms };
process.stdout.write(`${reportText(report)}\n`);
// The run before is read first, as a record of the same day takes its place.
const last = options.noDebugInfo ? null : await lastRecorded(resultsDir);
for (const line of last === null ? [] : regressions(programs, last.programs)) say(line);
if (options.record) await record(report);

import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { readOptions, usage } from "./options.ts";
import { findSubject } from "./programs.ts";
import { type ProgramResult, measureSaves } from "./saves.ts";
import { buildStand, openProbe } from "./stand.ts";
import { guardAgainstLeftovers, stopAll } from "./started.ts";
import { saveTable } from "./tables.ts";
import { installAir } from "./tools.ts";

const work = "bench/.work";
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const options = readOptions(process.argv.slice(2));
if (options === null || typeof options === "string") {
  (options === null ? process.stdout : process.stderr).write(`${options ?? ""}\n${usage}`);
  process.exit(options === null ? 0 : 2);
}
guardAgainstLeftovers();
say("preparing: the test stand, air, gust");
const stand = await buildStand(work);
const air = await installAir(work);
const gust = resolve(options.gust, "bin/gust");
execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: options.gust, stdio: "inherit" });
const probe = openProbe(stand);
const bench = { work, box: { gust, air, stand }, probe, say };
const programs: ProgramResult[] = [];
try {
  for (const name of options.programs) {
    const subject = await findSubject(name, work);
    programs.push(await measureSaves(bench, subject, options));
  }
} finally {
  await stopAll();
}
for (const one of programs) process.stdout.write(`${saveTable(one)}\n`);

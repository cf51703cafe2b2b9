import { Gust } from "./gust.ts";
import { Project } from "./project.ts";
import { soakUnderLoad } from "./soak-load.ts";
import { soak, soakConfig, type SoakOptions } from "./soak-run.ts";

/**
 * `node soak.js [saves] [seed]`: many saves at random moments; see soak-run.ts.
 * `node soak.js load [swaps] [seed]`: many swaps under load; see soak-load.ts.
 */
const args = process.argv.slice(2);
const underLoad = args[0] === "load";
const [saves = 1000, seed = Date.now() % 100_000] = args.slice(underLoad ? 1 : 0).map(Number);
const cleaning: (() => Promise<void>)[] = [];
const afterwards = { after: (clean: () => Promise<void>) => void cleaning.push(clean) };
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  say(`${saves} saves, seed ${seed}`);
  await (underLoad ? swaps : atRandom)({ saves, seed, say });
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
} finally {
  for (const clean of cleaning.toReversed()) await clean();
}

async function atRandom(options: SoakOptions): Promise<void> {
  const files = { "gust.toml": soakConfig, "page.html": "0" };
  const gust = await Gust.start(await Project.create(afterwards, "service", files));
  await soak(gust, options);
  await gust.stop();
  say("the last good save was live after each round, and nothing is left");
}

async function swaps(options: SoakOptions): Promise<void> {
  const faults = await soakUnderLoad(afterwards, options);
  for (const fault of faults.slice(0, 100)) say(fault);
  if (faults.length > 0) throw new Error(`${faults.length} faults`);
  say("no client has noticed a swap, and nothing is left");
}

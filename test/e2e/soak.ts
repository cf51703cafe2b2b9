import { Gust } from "./gust.ts";
import { Project } from "./project.ts";
import { soakDirect } from "../differential/soak-direct.ts";
import { soakMeaning } from "../differential/soak-meaning.ts";
import { soakUnderLoad } from "./soak-load.ts";
import { soak, soakConfig, type SoakOptions } from "./soak-run.ts";

/**
 * `node soak.js [saves] [seed]`: many saves at random moments; see soak-run.ts.
 * `node soak.js load [swaps] [seed]`: many swaps under load; see soak-load.ts.
 * `node soak.js direct [minutes] [seed]`: builds without the go command; see soak-direct.ts.
 * `node soak.js meaning [minutes] [seed]`: saves that are not built; see soak-meaning.ts.
 */
const args = process.argv.slice(2);
const kinds = ["load", "direct", "meaning"] as const;
const named = kinds.find((kind) => kind === args[0]) ?? "saves";
const unit = named === "direct" || named === "meaning" ? "minutes" : "saves";
const numbers = args.slice(named === "saves" ? 0 : 1).map(Number);
const [saves = unit === "minutes" ? 60 : 1000, seed = Date.now() % 100_000] = numbers;
const cleaning: (() => Promise<void>)[] = [];
const afterwards = { after: (clean: () => Promise<void>) => void cleaning.push(clean) };
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  say(`${saves} ${unit}, seed ${seed}`);
  await { saves: atRandom, load: swaps, direct, meaning }[named]({ saves, seed, say });
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
} finally {
  for (const clean of cleaning.toReversed()) await clean();
}

async function direct({ saves, seed }: SoakOptions): Promise<void> {
  await soakDirect(afterwards, { minutes: saves, seed, say });
  say("what was built directly was always what `go build` makes");
}

async function meaning({ saves, seed, say }: SoakOptions): Promise<void> {
  await soakMeaning(afterwards, { minutes: saves, seed, say });
  say("no save that would have compiled to something else was taken for formatting");
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

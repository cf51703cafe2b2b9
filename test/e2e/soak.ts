import { Gust } from "./gust.ts";
import { Project } from "./project.ts";
import { soak, soakConfig } from "./soak-run.ts";

/** `node soak.js [saves] [seed]`: many saves at random moments; see soak-run.ts. */
const [saves = 1000, seed = Date.now() % 100_000] = process.argv.slice(2).map(Number);
const cleaning: (() => Promise<void>)[] = [];
const say = (line: string): void => void process.stdout.write(`${line}\n`);
try {
  say(`${saves} saves, seed ${seed}`);
  const afterwards = { after: (clean: () => Promise<void>) => void cleaning.push(clean) };
  const files = { "gust.toml": soakConfig, "page.html": "0" };
  const gust = await Gust.start(await Project.create(afterwards, "service", files));
  await soak(gust, { saves, seed, say });
  await gust.stop();
  say("the last good save was live after each round, and nothing is left");
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
} finally {
  for (const clean of cleaning) await clean();
}

import { cp } from "node:fs/promises";
import { join } from "node:path";
import { linkerPlaces, openWorkshop } from "../contract/builder-kit.ts";
import { type Random, seeded } from "../sim/random.ts";
import { type Afterwards, goEnv, tempFiles } from "../world/temp-module.ts";
import { Differential, linkerFlags, logIn } from "./differential.ts";
import { copyProgram, publicPrograms } from "./subjects.ts";

export interface TimedSoak {
  readonly minutes: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Random edits of real programs for a time: each state is built directly and by `go build`. */
export async function soakDirect(context: Afterwards, options: TimedSoak): Promise<void> {
  const { minutes, seed, say } = options;
  const random = seeded(seed);
  const trials = new Map<string, Differential>();
  const examples: readonly TrialOf[] = [
    {
      name: "guestbook",
      package: ".",
      copy: (dir) => cp("examples/guestbook", dir, { recursive: true }),
    },
    ...publicPrograms.map((program) => ({
      name: program.module,
      package: program.package,
      copy: (dir: string) => copyProgram(program, dir),
    })),
  ];
  for (const one of examples) trials.set(one.name, await trial(context, one, random));
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; performance.now() < end; round += 1) {
    for (const one of trials.values()) {
      for (let edit = 0; edit < 20; edit += 1) await one.step();
    }
    const tallies = [...trials].map(([name, { tally }]) => `${name} ${JSON.stringify(tally)}`);
    say(`round ${round}: ${tallies.join(" · ")}`);
  }
}

interface TrialOf {
  readonly name: string;
  readonly package: string;
  readonly copy: (dir: string) => Promise<void>;
}

async function trial(context: Afterwards, of: TrialOf, random: Random): Promise<Differential> {
  const spare = await tempFiles(context, { ".keep": "" });
  const log = logIn(spare);
  const shop = await openWorkshop(
    context,
    {},
    {
      logFile: log,
      package: of.package,
      preload: linkerPlaces,
    },
  );
  await of.copy(shop.dir);
  const differential = new Differential(
    {
      name: of.name,
      dir: shop.dir,
      package: of.package,
      flags: linkerFlags,
      env: goEnv(),
      builder: shop.builder,
      log,
      reference: join(spare, "reference"),
    },
    random,
  );
  await differential.begin();
  return differential;
}

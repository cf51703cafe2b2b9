import { seeded } from "../sim/random.ts";
import type { Afterwards } from "../world/temp-module.ts";
import { Judge, openSubjects } from "./objects.ts";
import type { TimedSoak } from "./soak-direct.ts";
import { SkippedSaves } from "./skipped-saves.ts";

/** Packages of all kinds of code, each compiled in about a second. */
const packages: readonly string[] = [
  ..."archive/zip bufio cmp container/... encoding/csv encoding/gob encoding/json encoding/xml".split(
    " ",
  ),
  ..."go/doc/comment go/printer go/scanner html/template image/... internal/zstd iter log/slog".split(
    " ",
  ),
  ..."maps mime/... net/netip net/textproto net/url regexp/syntax slices sort text/tabwriter".split(
    " ",
  ),
  ..."text/template text/template/parse unique".split(" "),
];

/** Random edits that gust would not build, for a time: they must compile to the same. */
export async function soakMeaning(context: Afterwards, options: TimedSoak): Promise<void> {
  const { minutes, seed, say } = options;
  const subjects = await openSubjects(context, packages);
  const saves = new SkippedSaves(await Judge.open(context), seeded(seed));
  const end = performance.now() + minutes * 60_000;
  for (let round = 1; performance.now() < end; round += 1) {
    for (const subject of subjects) {
      if (performance.now() < end) await saves.step(subject, 3);
    }
    say(`round ${round}, ${subjects.length} packages: ${JSON.stringify(saves.tally)}`);
  }
}

import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { goMeaning } from "../../src/core/go-meaning.ts";
import type { Random } from "../sim/random.ts";
import { direct, reformat } from "./formatting.ts";
import { some } from "./go-edits.ts";
import { type Compiled, type Judge, type Subject, compile } from "./objects.ts";

export interface SkippedTally {
  /** Edits that were tried, and how many of them gust would not build. */
  edits: number;
  skipped: number;
  /** Pairs of sources that were compiled, and those of them that did not compile, before and after. */
  pairs: number;
  broken: number;
  /** Those with other instructions because of lines: their syntax trees are the same. */
  reordered: number;
}

/**
 * Edits sources at random and compiles those versions that gust takes for the same: what comes out must
 * be the same but for positions. Throws what differs.
 */
export class SkippedSaves {
  readonly tally: SkippedTally = { edits: 0, skipped: 0, pairs: 0, broken: 0, reordered: 0 };
  readonly #judge: Judge;
  readonly #random: Random;

  constructor(judge: Judge, random: Random) {
    this.#judge = judge;
    this.#random = random;
  }

  /** `times` pairs of one file, which is left as it was. */
  async step(subject: Subject, times: number): Promise<void> {
    const random = this.#random;
    const [from, to] = subject.copies;
    const file = some(subject.files, random) ?? "";
    const original = await readFile(join(from, file), "utf8");
    // Something to be mistaken about.
    let before = original;
    for (let left = random.below(3); left > 0; left -= 1) before = direct(before, random);
    await writeFile(join(from, file), before);
    const expected = await compile(subject, from);
    for (let left = times; left > 0; left -= 1) {
      const versions = this.#skipped(before);
      if (versions.length < 2) break;
      await this.#compare({ subject, file, expected, versions });
    }
    for (const dir of [from, to]) await writeFile(join(dir, file), original);
  }

  /** Versions that mean the same as `before`, which is the first of them, each edited from the last. */
  #skipped(before: string): readonly string[] {
    const random = this.#random;
    const meaning = meaningOf(before);
    const versions = [before];
    if (meaning === null) return versions;
    const wanted = 2 + random.below(12);
    for (let tries = 0; tries < 300 && versions.length < wanted; tries += 1) {
      const last = versions.at(-1) ?? before;
      let edited = last;
      for (let left = 1 + random.below(3); left > 0; left -= 1) {
        edited = random.once(3) ? direct(edited, random) : reformat(edited, random);
      }
      this.tally.edits += 1;
      if (edited === last || meaningOf(edited) !== meaning) continue;
      this.tally.skipped += 1;
      versions.push(edited);
    }
    return versions;
  }

  async #compare(pair: Pair): Promise<void> {
    const { expected, versions } = pair;
    this.tally.pairs += 1;
    if (expected.object === null) this.tally.broken += 1;
    const last = versions.at(-1) ?? "";
    if ((await this.#differences(pair, last)).length === 0) return;
    // The first version that is another shows what is to blame.
    for (const [at, version] of versions.entries()) {
      const found = await this.#differences(pair, version);
      if (found.length === 0) continue;
      const { path, copies } = pair.subject;
      const [from, to] = [join(copies[0], pair.file), join(copies[1], pair.file)] as const;
      await writeFile(from, versions[at - 1] ?? "");
      const text = await differenceOf([from, to]);
      throw new Error(
        `${path}/${pair.file} compiles to something else\n${found.join("\n")}\n${text}`,
      );
    }
    throw new Error("the same source compiles to different things");
  }

  async #differences(pair: Pair, after: string): Promise<readonly string[]> {
    const { subject, file, expected } = pair;
    const [from, to] = subject.copies;
    await writeFile(join(to, file), after);
    const compiled = await compile(subject, to);
    const files = [join(from, file), join(to, file)];
    if (expected.object === null || compiled.object === null) {
      if (expected.object !== compiled.object) return [told(expected), told(compiled)];
      return (await this.#judge.compare({ objects: [], files })).differences;
    }
    const objects = [expected.object, compiled.object];
    const { differences, instructions } = await this.#judge.compare({ objects, files });
    if (instructions.length > 0) this.tally.reordered += 1;
    if (expected.said === compiled.said) return differences;
    return [...differences, "importers see something else"];
  }
}

interface Pair {
  readonly subject: Subject;
  readonly file: string;
  readonly expected: Compiled;
  readonly versions: readonly string[];
}

const told = ({ object, said }: Compiled): string => (object === null ? said : "it compiles");

/** Null where gust compares the text itself. */
function meaningOf(source: string): string | null {
  const meaning = goMeaning(source);
  return meaning === null ? null : JSON.stringify(meaning);
}

/** The lines in which two versions differ, with what cannot be seen. */
async function differenceOf(paths: readonly [string, string]): Promise<string> {
  const shown = await promisify(execFile)("diff", ["-a", "-U1", ...paths]).catch(
    (error: unknown) => error,
  );
  if (!(shown instanceof Error && "stdout" in shown)) throw new Error("`diff` cannot be run");
  const [, , ...lines] = String(shown.stdout).split("\n");
  return lines.map((line) => JSON.stringify(line).slice(1, -1)).join("\n");
}

import { LEVELS, levelNamed } from "../../adapters/logs/level.ts";
import type { LogLine } from "../../adapters/logs/lines.ts";
import type { KeptVersion } from "../../adapters/logs/output-reader.ts";
import { withoutSequences } from "../../adapters/terminal/text.ts";
import { readDuration } from "../../config/duration.ts";
import { nearest } from "../../config/nearest.ts";
import { translateRegexp } from "../../config/regexp.ts";
import type { Failure } from "../../core/failure.ts";

/** As typed; null: not given. */
export interface FilterArguments {
  readonly build: string | null;
  readonly level: string | null;
  readonly grep: string | null;
  readonly stream: string | null;
  readonly since: string | null;
  readonly lines: string | null;
  /** Also what earlier runs of gust have kept. */
  readonly all: boolean;
}

export interface Filter {
  /** The only generation that is shown; null: all. */
  readonly generation: number | null;
  /** How many of the last lines are shown; null: all. */
  readonly lines: number | null;
  readonly version: (version: KeptVersion) => boolean;
  /** `weight` is the place of its level in `LEVELS`. */
  readonly line: (line: LogLine, weight: number) => boolean;
}

/** Understands what is asked for; `now` is in milliseconds since 1970. Failures: FLAG_INVALID, NO_SUCH_BUILD. */
export function readFilter(
  args: FilterArguments,
  versions: readonly KeptVersion[],
  now: number,
): Filter | Failure {
  const newest = versions.at(-1)?.run ?? 0;
  const chosen = readBuild(args.build, versions, newest);
  if (chosen !== null && "code" in chosen) return chosen;
  const level = readLevel(args.level);
  if (typeof level !== "number") return level;
  const since = readSince(args.since, now);
  if (typeof since !== "number") return since;
  const pattern = readPattern(args.grep);
  if ("code" in pattern) return pattern;
  const lines = args.lines === null ? null : Number(args.lines);
  if (lines !== null && !(Number.isSafeInteger(lines) && lines >= 0)) {
    return invalid(`--lines ${args.lines} is not a number of lines`, "write it as `-n 100`");
  }
  return {
    generation: chosen?.generation ?? null,
    lines,
    version: (version) =>
      chosen === null
        ? args.all || version.run >= newest
        : version.run === chosen.run && version.generation === chosen.generation,
    line: (line, weight) =>
      weight >= level &&
      line.time >= since &&
      (args.stream === null || line.stream === args.stream) &&
      pattern.test(withoutSequences(line.text)),
  };
}

/** `3` is that of the newest run of gust; `0` the newest version, `-1` the one before, over all runs. */
function readBuild(
  text: string | null,
  versions: readonly KeptVersion[],
  newest: number,
): KeptVersion | Failure | null {
  if (text === null) return null;
  const number = Number(text);
  if (!/^-?\d+$/.test(text)) {
    const hint = "write its number, or `0` for the newest and `-1` for the one before";
    return invalid(`--build ${text} is not the number of a build`, hint);
  }
  const found =
    number > 0
      ? versions.find(({ run, generation }) => run === newest && generation === number)
      : versions.at(number - 1);
  if (found !== undefined) return found;
  const known = versions.filter(({ run }) => run === newest).map((one) => `#${one.generation}`);
  return {
    code: "NO_SUCH_BUILD",
    message: `no output of build ${text} is kept`,
    hint: known.length === 0 ? "nothing is kept yet" : `these have output: ${known.join(" ")}`,
  };
}

function readLevel(text: string | null): number | Failure {
  if (text === null) return 0;
  const level = levelNamed(text);
  if (level !== null) return LEVELS.indexOf(level);
  const near = nearest(text, LEVELS);
  const hint = near === null ? `one of ${LEVELS.join(", ")}` : `did you mean ${near}?`;
  return invalid(`--level ${text} is not a level`, hint);
}

/** `10m`, `15:04`, `15:04:05`, or a date with or without a time. */
function readSince(text: string | null, now: number): number | Failure {
  if (text === null) return 0;
  const ms = /^\d+$/.test(text) ? null : readDuration(text);
  if (ms !== null) return now - ms;
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (clock !== null) {
    const at = new Date(now);
    at.setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
    // What is later than now was yesterday.
    return at.getTime() > now ? at.getTime() - DAY_MS : at.getTime();
  }
  const date = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(localDate(text)) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  const hint = "write it as `10m`, `15:04` or `2026-01-31T15:04`";
  return invalid(`--since ${text} is not a time`, hint);
}

/** A date alone is a day of this place, not of UTC. */
const localDate = (text: string): string => (text.length === 10 ? `${text}T00:00` : text);

function readPattern(text: string | null): { test(line: string): boolean } | Failure {
  if (text === null) return { test: () => true };
  const translated = translateRegexp(text, false);
  if (translated.ok) return new RegExp(translated.source);
  return invalid(
    `--grep ${text} is not a regular expression: ${translated.reason}`,
    "it is Go's syntax; a backslash takes the meaning from a character",
  );
}

function invalid(message: string, hint: string): Failure {
  return { code: "FLAG_INVALID", message, hint };
}

const DAY_MS = 24 * 60 * 60 * 1000;

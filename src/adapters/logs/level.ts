/** How much a line matters, as the loggers of Go write it. */
export type Level = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

export const LEVELS: readonly Level[] = ["trace", "debug", "info", "warn", "error", "fatal"];

/** What a line (without escape sequences) says of its level; null where it says nothing. */
export function levelOf(line: string): Level | null {
  if (line.startsWith("{")) return jsonLevel(line);
  if (dying.test(line)) return "fatal";
  const named = attribute.exec(line);
  if (named !== null) return levelNamed(named[1] ?? "");
  const head = line.slice(0, HEAD);
  const word = bracketed.exec(head) ?? bare.exec(head);
  return word === null ? null : levelNamed(word[1] ?? word[2] ?? word[3] ?? "");
}

/** `warn` of `WARNING`, `Wrn`, `WARN+2`; null where it is no level. */
export function levelNamed(name: string): Level | null {
  return NAMES.get(name.toLowerCase().replace(/[+-]\d+$/, "")) ?? null;
}

function jsonLevel(line: string): Level | null {
  const found = /"(?:level|lvl|severity)"\s*:\s*"([^"]*)"/.exec(line);
  return found === null ? null : levelNamed(found[1] ?? "");
}

/** How the runtime begins when it ends a program. */
const dying = /^(?:panic: |fatal error: |WARNING: DATA RACE|SIG[A-Z]+: )/;

/** TextHandler of slog, and logrus without a terminal. */
const attribute = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]+(?:[+-]\d+)?)/;

/** A level stands near the start: behind a date, a prefix or the name of a file. */
const HEAD = 100;

const WORDS =
  "trace|trac|trc|debug|debu|dbg|info|inf|notice|warning|warn|wrn|error|erro|err|dpanic|panic|pani|fatal|fata|ftl|critical|crit";
/** `[error]`, `[WARN]`, logrus on a terminal: `WARN[0003]`. */
const bracketed = new RegExp(`\\[(${WORDS})\\]|^(${WORDS})(?=\\[\\d)`, "i");
/**
 * `ERROR: …`, `2026/01/02 03:04:05 WARN …`, zap and zerolog on a terminal. In lower case it is a level
 * only before a colon or between tabs: "no error" is none.
 */
const bare = new RegExp(
  `(?<![\\w-])(${WORDS.toUpperCase()}(?:[+-]\\d+)?)(?![\\w-])|(?:^|[\\s:])(${WORDS})(?=:\\s)|\\t(${WORDS})\\t`,
);

const NAMES: ReadonlyMap<string, Level> = new Map<string, Level>([
  ["trace", "trace"],
  ["trc", "trace"],
  ["debug", "debug"],
  ["dbg", "debug"],
  ["info", "info"],
  ["inf", "info"],
  ["notice", "info"],
  ["warn", "warn"],
  ["warning", "warn"],
  ["wrn", "warn"],
  ["error", "error"],
  ["err", "error"],
  ["erro", "error"],
  ["debu", "debug"],
  ["trac", "trace"],
  ["pani", "fatal"],
  ["fata", "fatal"],
  ["dpanic", "fatal"],
  ["panic", "fatal"],
  ["fatal", "fatal"],
  ["ftl", "fatal"],
  ["critical", "fatal"],
  ["crit", "fatal"],
  ["alert", "fatal"],
  ["emergency", "fatal"],
]);

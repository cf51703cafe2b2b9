import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";

/** What is read once, when gust starts: which program it runs, what is before it, where its dashboard is, and what the terminal looks like. */
const kept = ["package", "debug", "log", "color", "screen", "verbose", "proxy", "ui"] as const;

/** Says what of a changed configuration is not followed; null where all of it is. */
export function keptKeys(atStart: Config, now: Config): Failure | null {
  const changed = kept.filter((key) => !isDeepStrictEqual(atStart[key], now[key]));
  const alone = atStart.services.length + atStart.processes.length === 0;
  const tables = alone
    ? [
        ...(now.services.length > 0 ? ["service"] : []),
        ...(now.processes.length > 0 ? ["process"] : []),
      ]
    : [];
  if (changed.length + tables.length === 0) return null;
  return {
    code: "CONFIG_WITHOUT_EFFECT",
    message: `a change of ${[...changed, ...tables].join(", ")} is not followed while gust runs`,
    hint: "start gust again",
  };
}

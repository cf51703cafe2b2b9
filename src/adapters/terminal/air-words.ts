import { namedColor } from "./style.ts";
import type { Line, Part, WordOptions } from "./style.ts";

/**
 * A line with air's wording in the colour of its part. Scripts wait for these words on stderr:
 * `watching`, `has changed`, `building...`, `running...`, `cleaning...`, `see you again~`.
 */
export function airLine(part: Part, text: string, options: WordOptions): Line {
  return { part, text: namedColor(options.partColors[part], options.colors)(text) };
}

/** air's `[log]`: which lines are shown. */
export interface LogOptions {
  /** Put the time of day before each line. */
  readonly time: boolean;
  /** Only lines of the main part, unless in verbose mode. */
  readonly mainOnly: boolean;
  /** None but errors. */
  readonly silent: boolean;
}

export function isShown(line: Line, log: LogOptions, verbose: boolean): boolean {
  if (line.part === "error") return true;
  if (log.silent) return false;
  return !log.mainOnly || verbose || line.part === "main";
}

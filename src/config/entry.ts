import type { Value } from "./config.ts";

/**
 * One key of the configuration. The table of these is the only place that knows the keys:
 * parser, flags, JSON schema, documentation and `--print-config` are made from it.
 */
export interface Entry {
  /** As in the file, `build.cmd`; for tables of rules without the table's name. */
  readonly path: string;
  readonly kind: Kind;
  /** As it would be written in the file; null: not set. */
  readonly fallback: Value;
  /** What is used when the fallback alone does not say it. */
  readonly fallbackText?: string;
  /** True: a key of air, with air's meaning; false: gust only. */
  readonly air: boolean;
  /** One paragraph of Markdown. */
  readonly doc: string;
  /** The right side of the assignment, in TOML. */
  readonly example: string;
  /** The only values allowed. */
  readonly allowed?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** May also stand in `[build.windows]`, `[build.darwin]` and `[build.linux]`. */
  readonly platform?: boolean;
}

/**
 * - `duration`: `"500ms"`, `"5s"`, `"1m30s"`, or a whole number of milliseconds.
 * - `air-duration`: the same, but a number of a million or more counts nanoseconds, as in air.
 * - `argv`: a string, or a list of strings.
 * - `command`: a program and its arguments, a list of strings; never a shell line.
 * - `size`: `"10MB"`, `"512KB"`, or a whole number of bytes.
 * - `regexp`, `regexps`: Go syntax (RE2). `globs`: Go's `filepath.Match`, or with `**`.
 * - `patterns`: a table of globs and regular expressions; checked, a list of `glob=expression`.
 * - `status`: `"200-399"`, `"200,204"`.
 * - `variables`: a table of strings, kept as `NAME=value`.
 */
export type Kind =
  | "string"
  | "strings"
  | "argv"
  | "command"
  | "size"
  | "boolean"
  | "integer"
  | "integers"
  | "duration"
  | "air-duration"
  | "regexp"
  | "regexps"
  | "globs"
  | "patterns"
  | "status"
  | "variables";

export interface Section {
  /** `build`; "" for the keys at the top of the file. */
  readonly name: string;
  /** True for tables that may be repeated: `[[rule]]`, `[[service]]`. */
  readonly list: boolean;
  /** Keys without which such a table means nothing. */
  readonly required?: readonly string[];
  readonly doc: string;
  readonly entries: readonly Entry[];
}

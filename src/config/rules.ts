import type { PlatformPath } from "node:path";
import type { RuleConfig, Value } from "./config.ts";
import type { FileContent } from "./read.ts";
import { translateRegexp } from "./regexp.ts";
import type { Section } from "./entry.ts";
import { buildRuleSection, ruleSection } from "./table-rules.ts";
import { Typed } from "./typed.ts";
import { checkValue } from "./value.ts";

/** The rules of a file, `[[rule]]` before `[[build.rules]]`, with defaults filled in. */
export function resolveRules(
  given: FileContent["rules"],
  root: string,
  path: PlatformPath,
): readonly RuleConfig[] {
  const rules: RuleConfig[] = [];
  for (const section of [ruleSection, buildRuleSection]) {
    const only = section === buildRuleSection;
    for (const [index, values] of tablesOf(given, section).entries()) {
      rules.push(resolveRule(values, { index, only, root, path }));
    }
  }
  return rules;
}

/** The tables of a section that may be repeated, each with its defaults filled in. */
export function tablesOf(rules: FileContent["rules"], section: Section): readonly Typed[] {
  const fallbacks = new Map(
    section.entries.map((entry) => [entry.path, fallbackOf(checkValue(entry, entry.fallback))]),
  );
  const given = rules.get(section.name) ?? [];
  return given.map((values) => new Typed(new Map([...fallbacks, ...values])));
}

interface Place {
  readonly index: number;
  readonly only: boolean;
  readonly root: string;
  readonly path: PlatformPath;
}

function resolveRule(values: Typed, place: Place): RuleConfig {
  const relative = (given: string): string =>
    place.path.relative(place.root, place.path.resolve(place.root, given)).replaceAll("\\", "/");
  const globs = (key: string): readonly string[] => (place.only ? [] : values.strings(key));
  const name = values.string("name").trim();
  return {
    name: name === "" ? `rule-${place.index + 1}` : name,
    cmd: values.optional("cmd") ?? "",
    inputs: globs("inputs"),
    excludes: globs("excludes"),
    outputs: globs("outputs"),
    includeExt: extensions(values.strings("include_ext")),
    includeDir: values.strings("include_dir").map(relative),
    includeFile: values.strings("include_file").map(relative),
    excludeRegex: pathRegexps(values.strings("exclude_regex")),
    timeoutMs: place.only ? 600_000 : values.number("timeout"),
    runAtStart: place.only ? false : values.boolean("run_at_start"),
    only: place.only,
  };
}

/** Endings without dot and blanks, as the user may have written them with. */
export function extensions(given: readonly string[]): readonly string[] {
  return given.map((ext) => ext.trim().replace(/^\./, "")).filter((ext) => ext !== "");
}

/** Checked patterns as JavaScript sources. */
export function pathRegexps(patterns: readonly string[]): readonly string[] {
  return patterns.flatMap((pattern) => {
    const translated = translateRegexp(pattern, true);
    return translated.ok ? [translated.source] : [];
  });
}

function fallbackOf(checked: ReturnType<typeof checkValue>): Value {
  return checked.ok ? checked.value : null;
}

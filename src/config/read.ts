import type { Value } from "./config.ts";
import type { Entry, Section } from "./entry.ts";
import { environmentNames, nearEnvironment } from "./environment.ts";
import { nearest } from "./nearest.ts";
import { serviceProblems } from "./service-problems.ts";
import { entries, platforms, sections } from "./table.ts";
import { checkValue } from "./value.ts";

/** A configuration file, checked key by key; nothing is merged or resolved yet. */
export interface FileContent {
  /** Values by key path, as `checkValue` returns them. */
  readonly values: ReadonlyMap<string, Value>;
  /** The same for the table of one system, `build.cmd` being `[build.linux] cmd`. */
  readonly platformValues: ReadonlyMap<string, Value>;
  /** `[[rule]]` and `[[build.rules]]`, by the name of the section. */
  readonly rules: ReadonlyMap<string, readonly ReadonlyMap<string, Value>[]>;
  /** The same for each `[env.…]`, by the name of the environment; without tables of its own. */
  readonly environments: ReadonlyMap<string, FileContent>;
  readonly problems: readonly Problem[];
}

export interface Problem {
  /** Keys from the top of the file, with indexes for repeated tables. */
  readonly path: KeyPath;
  readonly type: "unknown" | "invalid";
  readonly message: string;
  readonly hint?: string;
}

export type KeyPath = readonly (string | number)[];

/** Checks a parsed file. `platform` is Node's name of the system whose table counts. */
export function readContent(file: unknown, platform: string): FileContent {
  const reader = new Reader(platforms.get(platform) ?? "");
  if (isTable(file)) reader.top(file);
  return reader;
}

class Reader implements FileContent {
  readonly values: Map<string, Value> = new Map();
  readonly platformValues: Map<string, Value> = new Map();
  readonly rules: Map<string, ReadonlyMap<string, Value>[]> = new Map();
  readonly environments: Map<string, FileContent> = new Map();
  readonly problems: Problem[] = [];
  private readonly platform: string;
  /** Where in the file the keys stand that are read: [] or ["env", "staging"]. */
  private readonly place: readonly string[];

  constructor(platform: string, place: readonly string[] = []) {
    this.platform = platform;
    this.place = place;
  }

  top(file: Table): void {
    for (const [key, raw] of Object.entries(file)) {
      const section = sections.find((section) => section.name === key && key !== "");
      if (key === "env" && this.place.length === 0) this.environment(raw);
      else if (section?.list === true) this.list(section, [key], raw);
      else if (section === undefined) this.value(this.values, [key], raw);
      else if (isTable(raw)) this.section(key, raw);
      else this.invalid([key], `${key} must be a section, [${key}]`);
    }
    // Those of an environment may need some of the others, so that the others are read first.
    if (this.place.length === 0) this.checkServices();
  }

  private checkServices(): void {
    this.problems.push(...serviceProblems(this.rules));
    for (const [name, { rules }] of this.environments) {
      const found = serviceProblems(new Map([...this.rules, ...rules]));
      for (const problem of found.filter(({ path: [section] }) => rules.has(String(section)))) {
        this.problems.push({ ...problem, path: ["env", name, ...problem.path] });
      }
    }
  }

  private environment(raw: unknown): void {
    const tables = isTable(raw) ? Object.entries(raw) : [];
    if (!isTable(raw)) this.invalid(["env"], "env must be a section for each environment");
    for (const [name, table] of tables) {
      const known = environmentNames.find((one) => one === name);
      if (known === undefined) {
        const near = nearEnvironment(name);
        const hint = near === null ? `there are ${environmentNames.join(", ")}` : null;
        const message = `unknown environment env.${name}`;
        this.problems.push({
          path: ["env", name],
          type: "unknown",
          message,
          hint: hint ?? `did you mean env.${near}?`,
        });
      } else if (isTable(table)) {
        const reader = new Reader(this.platform, ["env", name]);
        reader.top(table);
        this.problems.push(...reader.problems);
        this.environments.set(name, reader);
      } else this.invalid(["env", name], `env.${name} must be a section, [env.${name}]`);
    }
  }

  private section(name: string, table: Table): void {
    for (const [key, raw] of Object.entries(table)) {
      const path = `${name}.${key}`;
      const nested = sections.find((section) => section.name === path);
      if (nested?.list === true) this.list(nested, [name, key], raw);
      else if (name === "build" && systems.includes(key)) this.system(key, raw);
      else this.value(this.values, [name, key], raw);
    }
  }

  private system(name: string, raw: unknown): void {
    if (!isTable(raw)) {
      this.invalid(["build", name], `build.${name} must be a section, [build.${name}]`);
      return;
    }
    // The tables of other systems are checked all the same: their users want to know it too.
    const target = name === this.platform ? this.platformValues : new Map<string, Value>();
    for (const [key, value] of Object.entries(raw)) {
      const entry = entries.get(`build.${key}`);
      if (entry?.platform === true) this.check(target, entry, ["build", name, key], value);
      else this.unknown(["build", name, key], systemKeys, `build.${name}.`);
    }
  }

  private list(section: Section, path: KeyPath, raw: unknown): void {
    if (!Array.isArray(raw) || !raw.every((item) => isTable(item))) {
      this.invalid(path, `${section.name} must be written as [[${section.name}]]`);
      return;
    }
    const rules = raw.map((table, index) => this.rule(section, [...path, index], table));
    this.rules.set(section.name, rules);
  }

  private rule(section: Section, path: KeyPath, table: Table): ReadonlyMap<string, Value> {
    const values = new Map<string, Value>();
    const names = section.entries.map((entry) => entry.path);
    for (const [key, raw] of Object.entries(table)) {
      const entry = section.entries.find((entry) => entry.path === key);
      if (entry === undefined) this.unknown([...path, key], names, "");
      else this.check(values, entry, [...path, key], raw);
    }
    for (const key of section.required ?? []) {
      if (Object.hasOwn(table, key)) continue;
      this.invalid(path, `a [[${section.name}]] needs ${key}${meanings[key] ?? ""}`);
    }
    const inputs = names.filter((name) => inputKeys.includes(name));
    if (inputs.length > 0 && !inputKeys.some((key) => Object.hasOwn(table, key))) {
      const keys = inputs.join(", ");
      this.invalid(path, `a [[${section.name}]] needs files to run for: one of ${keys}`);
    }
    return values;
  }

  private value(target: Map<string, Value>, path: readonly string[], raw: unknown): void {
    const entry = entries.get(path.join("."));
    const names = this.place.length === 0 ? allNames : allNames.filter((name) => name !== "env");
    if (entry === undefined) this.unknown(path, names, "");
    else this.check(target, entry, path, raw);
  }

  private check(target: Map<string, Value>, entry: Entry, path: KeyPath, raw: unknown): void {
    // Each pattern has a place of its own.
    const inner = entry.kind === "patterns" && isTable(raw) ? Object.entries(raw) : [];
    const bad = inner.find(([key, value]) => !checkValue(entry, { [key]: value }).ok);
    if (bad !== undefined) return this.pattern(entry, path, bad);
    const checked = checkValue(entry, raw);
    if (checked.ok) target.set(entry.path, checked.value);
    else {
      const written = writePath([...this.place, ...path]);
      const message = `${written} must be ${checked.expected}, not ${describe(raw)}`;
      this.invalid(path, message, checked.hint);
    }
  }

  private pattern(entry: Entry, path: KeyPath, [key, value]: readonly [string, unknown]): void {
    const checked = checkValue(entry, { [key]: value });
    if (checked.ok) return;
    const where = `${writePath(path)}.${JSON.stringify(key)}`;
    this.invalid([...path, key], `${where} must be ${checked.expected}, not ${describe(value)}`);
  }

  private invalid(path: KeyPath, message: string, hint?: string): void {
    const problem: Problem = { path: [...this.place, ...path], type: "invalid", message };
    this.problems.push(hint === undefined ? problem : { ...problem, hint });
  }

  private unknown(path: KeyPath, names: readonly string[], prefix: string): void {
    const written = writePath(path);
    const last = String(path.at(-1));
    const near = nearKey(prefix === "" && path.length < 3 ? written : last, names);
    const above = this.place.map((name) => `${name}.`).join("");
    const message = `unknown key ${above}${written}`;
    const problem: Problem = { path: [...this.place, ...path], type: "unknown", message };
    const hint = near === null ? null : `did you mean ${above}${prefix}${near}?`;
    this.problems.push(hint === null ? problem : { ...problem, hint });
  }
}

/** The key that was meant: the same name in another section, or nearly the same here. */
export function nearKey(written: string, names: readonly string[]): string | null {
  const dot = written.lastIndexOf(".") + 1;
  const section = written.slice(0, dot);
  const last = written.slice(dot);
  const moved = names.find((name) => name === last || name.endsWith(`.${last}`));
  if (moved !== undefined) return moved;
  // Within a section that exists, its name says nothing about how near two keys are.
  const here = names.filter((name) => name.startsWith(section)).map((name) => name.slice(dot));
  if (here.length === 0 || dot === 0) return nearest(written, names);
  const near = nearest(last, here);
  return near === null ? null : section + near;
}

/** `rule[0].cmd`. */
export function writePath(path: KeyPath): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${key}`))
    .join("");
}

type Table = Readonly<Record<string, unknown>>;

const systems: readonly string[] = [...platforms.values()];

const allNames: readonly string[] = [
  ...entries.keys(),
  ...sections.map((section) => section.name).filter((name) => name !== ""),
  "env",
];

const systemKeys: readonly string[] = [...entries.values()]
  .filter((entry) => entry.platform === true)
  .map((entry) => entry.path.replace("build.", ""));

const meanings: Readonly<Record<string, string>> = {
  cmd: ", the command to run",
  name: ", by which it is known",
};

/** Without one of these a rule would never run. */
const inputKeys: readonly string[] = ["inputs", "include_ext", "include_dir", "include_file"];

function isTable(raw: unknown): raw is Table {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw) && !(raw instanceof Date);
}

function describe(raw: unknown): string {
  if (isTable(raw)) return "a table";
  const text = JSON.stringify(raw);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

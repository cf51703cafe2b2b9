import { posix, win32 } from "node:path";
import type { Config, Loaded, Origin, Value } from "./config.ts";
import type { Entry } from "./entry.ts";
import { locateKeys, type Position } from "./locate.ts";
import { withoutSecrets, wordsWithoutSecrets } from "../core/secrets.ts";
import { sections } from "./table.ts";
import { writeValue } from "./value.ts";

/**
 * The effective configuration as TOML that gust would read back, with the origin of each value
 * as a comment.
 */
export async function printConfig(loaded: Loaded): Promise<string> {
  const positions = loaded.text === "" ? new Map() : await locateKeys(loaded.text);
  const printer = new Printer(loaded, positions);
  const blocks = sections.flatMap((section) => {
    if (section.list) return printer.rules(section.name, section.entries);
    return [
      [...(section.name === "" ? [] : [`[${section.name}]`]), ...printer.keys(section.entries)],
    ];
  });
  return `${[summary(loaded), ...blocks].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** What follows from the values, for the reader. */
function summary(loaded: Loaded): readonly string[] {
  const { config } = loaded;
  return [
    `# configuration  ${loaded.source === "none" ? "none, all defaults" : fileLabel(loaded)}`,
    `# environment    ${environmentText(loaded.environment)}`,
    `# directory      ${config.dir}`,
    `# watched        ${config.root}`,
    ...(config.services.length > 0 ? servicesText(config) : programSummary(config)),
    ...config.processes.map(
      ({ name, cmd }) => `# process        ${name}: ${oneLine(withoutSecrets(cmd))}`,
    ),
  ];
}

function programSummary(config: Config): readonly string[] {
  return [
    `# package        ${config.package === "" ? "the only main package" : config.package}`,
    `# build          ${oneLine(withoutSecrets(config.build.cmd ?? "gust's own go build"))}`,
    `# program        ${oneLine(withoutSecrets(programText(config)))}`,
  ];
}

function environmentText({ name, origin }: Loaded["environment"]): string {
  if (origin.type === "default") return `${name}, as nothing else is said`;
  return origin.type === "flag"
    ? `${name}, from --env`
    : `${name}, from ${origin.name}=${origin.value}`;
}

function servicesText({ services }: Config): readonly string[] {
  return services.map(
    ({ name, package: main, dir }) =>
      `# service        ${name}: ${main === "" ? "the only main package" : main} in ${dir}`,
  );
}

function programText(config: Config): string {
  const { start } = config;
  const program =
    start.type === "built"
      ? "what gust builds"
      : start.type === "shell"
        ? start.command
        : start.path;
  return [
    program,
    ...config.args.map((arg) => (/^[\w./:=@%+,-]+$/.test(arg) ? arg : JSON.stringify(arg))),
  ].join(" ");
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ⏎ ");
}

class Printer {
  private readonly loaded: Loaded;
  private readonly positions: ReadonlyMap<string, Position>;

  constructor(loaded: Loaded, positions: ReadonlyMap<string, Position>) {
    this.loaded = loaded;
    this.positions = positions;
  }

  keys(entries: readonly Entry[]): readonly string[] {
    return entries.map((entry) => {
      const value = this.loaded.values.get(entry.path) ?? null;
      return this.line(entry, value, this.originText(entry.path));
    });
  }

  rules(name: string, entries: readonly Entry[]): readonly (readonly string[])[] {
    return (this.loaded.rules.get(name) ?? []).map((rule, index) => {
      const lines = entries
        .filter((entry) => rule.has(entry.path))
        .map((entry) => {
          const place = this.place(this.rulePath(`${name}.${index}.${entry.path}`));
          return this.line(entry, rule.get(entry.path) ?? null, place);
        });
      return [`[[${name}]]`, ...lines];
    });
  }

  /** The rules of the environment take the place of the others. */
  private rulePath(path: string): string {
    const own = `env.${this.loaded.environment.name}.${path}`;
    return this.positions.has(own) ? own : path;
  }

  private line(entry: Entry, value: Value, origin: string): string {
    const name = entry.path.slice(entry.path.lastIndexOf(".") + 1);
    const unset = `# ${name} is not set: ${(entry.fallbackText ?? "none").replaceAll("`", "")}`;
    const text = value === null ? unset : `${name} = ${writeValue(entry, shown(value))}`;
    return value === null ? text : `${text.padEnd(40)} # ${origin}`;
  }

  private originText(path: string): string {
    const origin: Origin = this.loaded.origins.get(path) ?? { type: "default" };
    switch (origin.type) {
      case "default":
        return "default";
      case "file":
        return this.place(path);
      case "platform":
        return `${this.place(path.replace("build.", `build.${origin.platform}.`))} [build.${origin.platform}]`;
      case "environment":
        return `${this.place(origin.key)} [env.${origin.environment}]`;
      case "environment-default":
        return `default in ${origin.environment}`;
      case "flag":
        return origin.flag;
      case "env":
        return `environment variable ${origin.name}`;
      case "derived":
        return `${this.originText(origin.from)}, from ${origin.from}`;
    }
  }

  private place(key: string): string {
    const position = this.positions.get(key);
    const label = fileLabel(this.loaded);
    return position === undefined ? label : `${label}:${position.line}`;
  }
}

/** A configuration is shown to others: what looks like a secret is left out. */
function shown(value: Value): Value {
  if (typeof value === "string") return withoutSecrets(value);
  if (!Array.isArray(value)) return value;
  const words: readonly unknown[] = value;
  return words.every((word) => typeof word === "string") ? wordsWithoutSecrets(words) : value;
}

function fileLabel(loaded: Loaded): string {
  const file = loaded.files.at(-1) ?? "";
  const { dir } = loaded.config;
  const path = dir.startsWith("/") ? posix : win32;
  const relative = path.relative(dir, file);
  return relative.startsWith("..") ? file : relative.replaceAll("\\", "/");
}

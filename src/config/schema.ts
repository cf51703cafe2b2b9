import type { Entry, Section } from "./entry.ts";
import { environmentNames } from "./environment.ts";
import { entries, platforms, sections } from "./table.ts";

/** The JSON schema of `gust.toml`, made from the table; one line feed at the end. */
export function schemaText(): string {
  const top = sections.find((section) => section.name === "");
  const properties: Record<string, unknown> = propertiesOf(top?.entries ?? []);
  for (const section of sections.filter((section) => section !== top)) {
    const target = section.name.includes(".") ? null : section;
    if (target !== null) properties[section.name] = sectionSchema(section);
  }
  properties["env"] = environmentsSchema();
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "gust.toml",
    description: "Configuration of gust. Every key is optional.",
    type: "object",
    additionalProperties: false,
    properties,
    definitions: { settings: settingsSchema(properties) },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** `[env.staging]` and its like hold what the whole file may hold. */
function environmentsSchema(): unknown {
  return {
    description: "Tables that hold in one environment only, and win there over the others.",
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(
      environmentNames.map((name) => [name, { $ref: "#/definitions/settings" }]),
    ),
  };
}

function settingsSchema(properties: Readonly<Record<string, unknown>>): unknown {
  const { env: _, ...own } = properties;
  return { type: "object", additionalProperties: false, properties: own };
}

function sectionSchema(section: Section): unknown {
  const properties = propertiesOf(section.entries);
  if (section.name === "build") Object.assign(properties, buildExtras());
  if (section.list) return listSchema(section);
  const description = oneLine(section.doc);
  return { description, type: "object", additionalProperties: false, properties };
}

function listSchema(section: Section): unknown {
  const properties = propertiesOf(section.entries);
  const required = section.required ?? [];
  const items = { type: "object", additionalProperties: false, required, properties };
  return { description: oneLine(section.doc), type: "array", items };
}

/** Tables in `[build]`: one for each system, and air's rules. */
function buildExtras(): Record<string, unknown> {
  const own = [...entries.values()].filter((entry) => entry.platform === true);
  const extras: Record<string, unknown> = {};
  for (const system of platforms.values()) {
    extras[system] = {
      description: `Wins over [build] on ${system}.`,
      type: "object",
      additionalProperties: false,
      properties: propertiesOf(own),
    };
  }
  for (const section of sections.filter((section) => section.name.startsWith("build."))) {
    extras[section.name.slice("build.".length)] = listSchema(section);
  }
  return extras;
}

function propertiesOf(list: readonly Entry[]): Record<string, unknown> {
  return Object.fromEntries(
    list.map((entry) => [entry.path.slice(entry.path.lastIndexOf(".") + 1), entrySchema(entry)]),
  );
}

function entrySchema(entry: Entry): unknown {
  const description = oneLine(entry.doc).replaceAll("`", "");
  const fallback = entry.fallback === null ? {} : { default: entry.fallback };
  return { description, ...typeSchema(entry), ...fallback };
}

function typeSchema(entry: Entry): object {
  const strings = { type: "array", items: { type: "string" } };
  const range = {
    type: "integer",
    minimum: entry.min ?? 0,
    ...(entry.max === undefined ? {} : { maximum: entry.max }),
  };
  switch (entry.kind) {
    case "string":
      return entry.allowed === undefined ? { type: "string" } : { enum: entry.allowed };
    case "regexp":
      return { type: "string" };
    case "boolean":
      return { type: "boolean" };
    case "integer":
      return range;
    case "integers":
      return { type: "array", items: range };
    case "strings":
    case "regexps":
    case "globs":
      return strings;
    case "patterns":
      return { type: "object", additionalProperties: { type: "string" } };
    case "command":
      return strings;
    case "size":
      return {
        anyOf: [
          { type: "string", pattern: "^\\d+\\s*([kKmMgG]i?)?[bB]?$" },
          { type: "integer", minimum: entry.min ?? 0 },
        ],
      };
    case "argv":
      return { anyOf: [{ type: "string" }, strings] };
    case "duration":
    case "air-duration": {
      const text = { type: "string", pattern: "^(\\d+|(\\d+(\\.\\d+)?(ns|us|µs|ms|s|m|h))+)$" };
      return { anyOf: [text, { type: "integer", minimum: 0 }] };
    }
    case "variables":
      return { type: "object", additionalProperties: { type: "string" } };
    case "status":
      return {
        type: "string",
        pattern: "^\\s*\\d{3}\\s*(-\\s*\\d{3}\\s*)?(,\\s*\\d{3}\\s*(-\\s*\\d{3}\\s*)?)*$",
      };
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}

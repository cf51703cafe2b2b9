import type { Entry, Kind, Section } from "./entry.ts";
import { sections } from "./table.ts";
import { writeValue } from "./value.ts";

/** `docs/configuration.md`, made from the table. */
export function documentText(): string {
  return `${[intro, contents(), ...sections.map((section) => sectionText(section))].join("\n\n")}\n`;
}

const intro = `<!-- Made from src/config/table*.ts by \`node scripts/generate-config.mjs\`. -->

# Configuration

gust needs none. What you want otherwise goes into \`gust.toml\`, in the directory where gust is started;
\`gust init\` writes one that suits the project. \`gust check\` says what is in effect, and where each value comes from.

**Which file.** \`-c FILE\`, else \`gust.toml\`, else \`.air.toml\`, else \`.config/air.toml\`; only one is read. The
environment variable \`air_wd\` names another directory to start in. \`--root DIR\` does the same and wins.

**What wins.** Command line, then the tables of the environment (\`[env.staging.run]\` and its like), then
\`[build.windows]\`, \`[build.darwin]\` or \`[build.linux]\`, then the file, then the default. Every key except \`root\` and those of rules is also a flag: \`--build.delay 200\`, \`--build.delay=200\`,
\`-build.delay 200\`, and \`--build.poll\` alone for true.
Lists are separated by commas (\`\\,\` for a comma itself) and may be repeated: the first occurrence replaces the list of
the file, later ones add to it.

**Environments.** Whatever stands in this file may also stand under \`env.dev\`, \`env.staging\` or \`env.prod\`, and wins
there: \`[env.staging.build]\`, \`[env.dev] verbose = true\`. A list, and all \`[[rule]]\` together, take the place of the others.
Which environment a run is for: [environments](environments.md).

**Mistakes.** A key that does not exist, or a value that does not fit, is an error with its line and the nearest right
name, and gust exits with 2. In a file of air, unknown keys are only warnings, because it may be shared with users of air.

**Paths** are relative to \`root\`, and written with \`/\` on every system. **Durations** are written \`"500ms"\`, \`"5s"\`,
\`"1m30s"\`, or as a whole number of milliseconds. **Zero values count**: \`delay = 0\`, \`log = ""\` and
\`keep_scroll = false\` mean what they say.

For an editor that knows JSON schemas, begin the file with a line that names \`schema/gust.schema.json\`, for instance
\`#:schema ./node_modules/gust/schema/gust.schema.json\`.`;

function contents(): string {
  const lines = sections.map((section) => {
    const keys = section.entries.map((entry) => `\`${lastName(entry)}\``).join(", ");
    return `- [${title(section)}](#${anchor(section)}): ${keys}`;
  });
  return lines.join("\n");
}

function sectionText(section: Section): string {
  const keys = section.entries.map((entry) => entryText(section, entry));
  return [`## ${title(section)}`, section.doc, ...keys].join("\n\n");
}

function entryText(section: Section, entry: Entry): string {
  const name = lastName(entry);
  const allowed = entry.allowed?.filter((value) => value !== "").map((value) => `\`"${value}"\``);
  const facts = [
    kindText(entry.kind),
    `default ${entry.fallbackText ?? `\`${writeValue(entry, entry.fallback)}\``}`,
    ...(allowed === undefined ? [] : [`one of ${allowed.join(", ")}`]),
    ...(entry.max === undefined ? [] : [`from ${entry.min ?? 0} to ${entry.max}`]),
    entry.air ? "as in air" : "gust only",
  ];
  const header = headerOf(section);
  const example = `\`\`\`toml\n${header}${name} = ${entry.example}\n\`\`\``;
  return `### \`${fullName(section, entry)}\`\n\n*${facts.join(" · ")}*\n\n${entry.doc}\n\n${example}`;
}

function headerOf(section: Section): string {
  if (section.name === "") return "";
  return section.list ? `[[${section.name}]]\n` : `[${section.name}]\n`;
}

function fullName(section: Section, entry: Entry): string {
  return section.list ? `${section.name}.${entry.path}` : entry.path;
}

function title(section: Section): string {
  if (section.name === "") return "The top of the file";
  return section.list ? `\`[[${section.name}]]\`` : `\`[${section.name}]\``;
}

/** As the usual Markdown renderers make it. */
function anchor(section: Section): string {
  return title(section)
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-");
}

function lastName(entry: Entry): string {
  return entry.path.slice(entry.path.lastIndexOf(".") + 1);
}

function kindText(kind: Kind): string {
  return kinds[kind];
}

const kinds: Readonly<Record<Kind, string>> = {
  string: "string",
  strings: "list of strings",
  argv: "string or list of strings",
  command: "program and its arguments, a list of strings",
  size: "size",
  boolean: "true or false",
  integer: "whole number",
  integers: "list of whole numbers",
  duration: "duration",
  "air-duration": "duration",
  regexp: "regular expression",
  regexps: "list of regular expressions",
  globs: "list of patterns",
  patterns: "table of patterns",
  status: "status codes",
  variables: "table of strings",
};

import { writeToml } from "../../config/value.ts";
import { proposalText, type Proposal } from "./generators.ts";
import type { Survey } from "./survey.ts";
import type { Translated } from "./translate.ts";

export interface InitInput {
  readonly survey: Survey;
  readonly rules: readonly Proposal[];
  /** Values of an air configuration, and the name of its file; null without one. */
  readonly air: { readonly file: string; readonly translated: Translated } | null;
}

/** The text of `gust.toml` for a project: short, with a comment on everything it says. */
export function initText(input: InitInput): string {
  const { survey, rules, air } = input;
  const blocks = [
    "# What gust should do otherwise than by itself. Every key is optional:\n# `gust check` shows them all, with their values and where each comes from.",
    ...(air === null ? [] : [airComment(air.file, air.translated)]),
    topText(input),
    ...sectionTexts(input),
    ...(air?.translated.rules ?? []),
    ...rules.map((rule) => proposalText(withoutRepetition(rule, air?.translated ?? null))),
  ];
  const seen = [
    ...(survey.mains.length > 1 ? [servicesComment(survey.mains)] : []),
    ...(survey.embeds.length > 0 ? [embedComment(survey)] : []),
  ];
  return `${[...blocks, ...seen].filter((block) => block !== "").join("\n\n")}\n`;
}

/** What air's file already runs must not run twice. */
function withoutRepetition(rule: Proposal, taken: Translated | null): Proposal {
  const lines = [...(taken?.rules ?? []), ...(taken?.sections.get("build") ?? [])];
  const commands = lines.flatMap((text) => text.match(/^(?:pre_cmd|cmd) = .*$/gm) ?? []);
  if (!commands.some((command) => command.includes(rule.name))) return rule;
  const comment = `${rule.comment} A command above runs it already; as a rule it would run only when needed.`;
  return { ...rule, sure: false, comment };
}

/** The program that is most probably meant. */
export function chooseMain(mains: readonly string[]): string | null {
  const names = ["server", "api", "web", "app", "main"];
  const usual = mains.find((main) => names.includes(main.slice(main.lastIndexOf("/") + 1)));
  return mains.find((main) => main === ".") ?? usual ?? mains[0] ?? null;
}

function airComment(file: string, translated: Translated): string {
  const lines = [
    `# Taken over from ${file}, which gust no longer reads beside this file.`,
    ...translated.notes.map((note) => `# ${note.replaceAll("\n", " ")}`),
  ];
  return lines.join("\n");
}

function topText({ survey, air }: InitInput): string {
  const taken = air?.translated.sections.get("") ?? [];
  const ownCommand = air?.translated.sections.get("build")?.some((line) => /^cmd\b/.test(line));
  const main = chooseMain(survey.mains);
  const lines = [...taken];
  const named = taken.some((line) => line.startsWith("package ")) || ownCommand === true;
  if (!named && main !== null) {
    const others = survey.mains.filter((other) => other !== main);
    if (others.length > 0) {
      lines.unshift(
        `# There are other programs: ${others.join(", ")}`,
        `package = ${writeToml(main)}`,
      );
    } else lines.unshift(`# The only program: package = ${writeToml(main)}`);
  }
  return lines.join("\n");
}

function sectionTexts(input: InitInput): readonly string[] {
  const sections = new Map<string, readonly string[]>(input.air?.translated.sections ?? []);
  sections.delete("");
  const build = sections.get("build") ?? [];
  const wanted = templateLines(input.survey);
  if (!build.some((line) => /^include_ext\b/.test(line)) && wanted.length > 0) {
    sections.set("build", [...build, ...wanted]);
  }
  const { ports } = input.survey;
  const texts = [...sections].map(([name, lines]) => [`[${name}]`, ...lines].join("\n"));
  if (ports.length > 0 && !sections.has("ready")) {
    texts.push(
      [
        `# The Dockerfile exposes ${ports.join(", ")}. gust finds the ports by itself; with these a`,
        "# version counts as ready only when it listens on all of them.",
        "# [ready]",
        `# ports = ${writeToml(ports)}`,
      ].join("\n"),
    );
  }
  return texts;
}

/** Endings of templates that the default does not have. */
function templateLines(survey: Survey): readonly string[] {
  const usual = ["go", "tpl", "tmpl", "html"];
  const known = ["gohtml", "gotmpl", "jet", "hbs", "mustache", "pongo", "amber", "plush"];
  const more = known.filter((ext) => survey.extensions.has(ext));
  if (more.length === 0) return [];
  const where = more.map((ext) => `.${ext}`).join(", ");
  return [
    `# There are ${where} files; a change of one restarts the program without a build.`,
    `include_ext = ${writeToml([...usual, ...more])}`,
  ];
}

/** In place of `package`, which is about one of them. */
function servicesComment(mains: readonly string[]): string {
  const tables = mains.map((main) => {
    const name = main === "." ? "app" : main.slice(main.lastIndexOf("/") + 1);
    return `#\n# [[service]]\n# name = ${writeToml(name)}\n# package = ${writeToml(main)}`;
  });
  return [
    "# To run several of them at once, instead of `package` (docs/services.md):",
    ...tables,
  ].join("\n");
}

function embedComment(survey: Survey): string {
  const dirs = survey.embeds.slice(0, 5).map((dir) => (dir === "" ? "." : `./${dir}`));
  const more = survey.embeds.length > 5 ? ", …" : "";
  return `# Embedded with //go:embed, and so watched without being named: files of ${dirs.join(", ")}${more}`;
}

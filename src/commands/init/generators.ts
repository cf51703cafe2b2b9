import { globSource } from "../../config/glob.ts";
import { writeToml } from "../../config/value.ts";
import type { Survey } from "./survey.ts";

/** A `[[rule]]` that a project seems to want. */
export interface Proposal {
  readonly name: string;
  /** Why it is proposed, and what to check. */
  readonly comment: string;
  readonly cmd: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** False: written as a comment, because something of it is a guess. */
  readonly sure: boolean;
}

/** The generators whose traces are in the project. */
export function proposeRules(survey: Survey): readonly Proposal[] {
  const known = [templ(survey), sqlc(survey), protobuf(survey), tailwind(survey)];
  const found = known.filter((rule) => rule !== null);
  return [...found, ...generate(survey, found)];
}

/** As TOML; the rule of which something is a guess as comments. */
export function proposalText(rule: Proposal): string {
  const lines = [
    "[[rule]]",
    `name = ${writeToml(rule.name)}`,
    `cmd = ${writeToml(rule.cmd)}`,
    `inputs = ${writeToml(rule.inputs)}`,
    ...(rule.outputs.length === 0 ? [] : [`outputs = ${writeToml(rule.outputs)}`]),
  ];
  const written = rule.sure ? lines : lines.map((line) => `# ${line}`);
  return [`# ${rule.comment}`, ...written].join("\n");
}

function templ(survey: Survey): Proposal | null {
  if (!survey.extensions.has("templ")) return null;
  const tool = hasGoTool(survey, "github.com/a-h/templ/cmd/templ");
  return {
    name: "templ",
    comment: "There are .templ files.",
    cmd: tool ? "go tool templ generate" : "templ generate",
    inputs: ["**/*.templ"],
    outputs: ["**/*_templ.go", "**/*_templ.txt"],
    sure: true,
  };
}

function sqlc(survey: Survey): Proposal | null {
  const name = ["sqlc.yaml", "sqlc.yml", "sqlc.json"].find((name) => survey.top.has(name));
  if (name === undefined) return null;
  const tool = hasGoTool(survey, "github.com/sqlc-dev/sqlc/cmd/sqlc");
  const text = survey.texts.get(name) ?? "";
  const outs = [...text.matchAll(/["']?\bout["']?\s*:\s*["']?([\w./-]+)/g)].map(
    ([, dir]) => `${(dir ?? "").replace(/^\.\//, "").replace(/\/$/, "")}/*.go`,
  );
  return {
    name: "sqlc",
    comment: `There is a ${name}.`,
    cmd: tool ? "go tool sqlc generate" : "sqlc generate",
    inputs: [name, "**/*.sql"],
    outputs: [...new Set(outs)],
    sure: true,
  };
}

function protobuf(survey: Survey): Proposal | null {
  if (!survey.extensions.has("proto")) return null;
  const buf = ["buf.yaml", "buf.gen.yaml"].filter((name) => survey.top.has(name));
  const sure = buf.length > 0;
  return {
    name: sure ? "buf" : "protoc",
    comment: sure
      ? `There are .proto files and ${buf.join(", ")}.`
      : "There are .proto files. Write your protoc command here to have it run on every change.",
    cmd: sure ? "buf generate" : "protoc --go_out=. --go_opt=paths=source_relative api.proto",
    inputs: ["**/*.proto", ...buf],
    outputs: ["**/*.pb.go"],
    sure,
  };
}

function tailwind(survey: Survey): Proposal | null {
  const config = [...survey.top].find((name) => name.startsWith("tailwind.config."));
  const [input] = survey.tailwindInputs;
  if (config === undefined && input === undefined) return null;
  const script = tailwindScript(survey.texts.get("package.json") ?? "");
  const pages = ["templ", "html", "gohtml", "tmpl"].filter((ext) => survey.extensions.has(ext));
  const why = config === undefined ? `${input} uses Tailwind.` : `There is a ${config}.`;
  return {
    name: "tailwind",
    comment: script === null ? `${why} Check the file that it writes.` : why,
    cmd:
      script === null
        ? `npx @tailwindcss/cli -i ${input ?? "input.css"} -o static/style.css`
        : `npm run ${script}`,
    inputs: [
      ...(config === undefined ? [] : [config]),
      ...survey.tailwindInputs,
      ...pages.map((ext) => `**/*.${ext}`),
    ],
    outputs: script === null ? ["static/style.css"] : [],
    sure: script !== null,
  };
}

/** The script of package.json that runs Tailwind once. */
function tailwindScript(text: string): string | null {
  const scripts = /"scripts"\s*:\s*\{([^}]*)\}/.exec(text)?.[1] ?? "";
  for (const [, name, command] of scripts.matchAll(/"([\w:.-]+)"\s*:\s*"((?:\\.|[^"\\])*)"/g)) {
    if (/tailwind/.test(command ?? "") && !/--watch|-w\b/.test(command ?? "")) return name ?? null;
  }
  return null;
}

/** What a `go:generate` line reads is not known, so it stays a proposal. */
function generate(survey: Survey, found: readonly Proposal[]): readonly Proposal[] {
  const names = found.map((rule) => rule.name);
  const others = survey.generates.filter(
    ({ command }) => !names.some((name) => new RegExp(`\\b${name}\\b`).test(command)),
  );
  const dirs = [...new Set(others.map(({ dir }) => dir))].slice(0, 5);
  return dirs.map((dir) => {
    const inputs = [dir === "" ? "*.go" : `${dir}/*.go`];
    const mentioned = others.filter((one) => one.dir === dir).map(({ command }) => command);
    return {
      name: `generate${dir === "" ? "" : ` ${dir}`}`,
      comment: `go:generate ${mentioned[0]}: name the files that it reads and writes.`,
      cmd: `go generate ./${dir}`,
      inputs: inputs.filter((glob) => globSource(glob, true) !== null),
      outputs: [],
      sure: false,
    };
  });
}

function hasGoTool(survey: Survey, path: string): boolean {
  const text = survey.texts.get("go.mod") ?? "";
  const tools = /^tool\s*\(([^)]*)\)|^tool\s+(\S+)/gm;
  return [...text.matchAll(tools)].some((found) => (found[1] ?? found[2] ?? "").includes(path));
}

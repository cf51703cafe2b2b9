import { access, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Failure } from "../core/failure.ts";
import { proposeRules } from "./init/generators.ts";
import { surveyProject, type Survey } from "./init/survey.ts";
import { chooseMain, initText, type InitInput } from "./init/text.ts";
import { translateAir } from "./init/translate.ts";
import { type CommandIo, failureText } from "./io.ts";

export interface InitArguments {
  /** Overwrite a gust.toml that is there. */
  readonly force: boolean;
  /** `--root DIR`. */
  readonly root?: string;
}

/**
 * `gust init`: looks at the project and writes a `gust.toml` that suits it. Returns the exit
 * code: 0, or 1 when nothing was written.
 */
export async function runInit(args: InitArguments, io: CommandIo): Promise<number> {
  const dir = resolve(io.cwd, args.root ?? "");
  const file = join(dir, "gust.toml");
  if (!args.force && (await exists(file))) {
    return fail(io, {
      code: "IO_FAILED",
      message: "gust.toml exists already",
      hint: "`gust init --force` overwrites it",
    });
  }
  const survey = await surveyProject(dir);
  const air = await readAir(dir, io);
  const rules = proposeRules(survey);
  try {
    const flag = args.force ? "w" : "wx";
    await writeFile(file, initText({ survey, rules, air }), { flag });
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    return fail(io, { code: "IO_FAILED", message: "gust.toml could not be written", seen });
  }
  io.stdout(`wrote gust.toml${args.root === undefined ? "" : ` in ${dir}`}\n`);
  for (const line of findings(survey, air)) io.stdout(`  ${line}\n`);
  for (const rule of rules) io.stdout(`  ${rule.sure ? "rule" : "proposed rule"} ${rule.name}\n`);
  warnAbout(survey, io);
  return 0;
}

function findings(survey: Survey, air: InitInput["air"]): readonly string[] {
  const main = chooseMain(survey.mains);
  const others = survey.mains.length - 1;
  return [
    ...(main === null ? [] : [`program ${main}${others > 0 ? `, of ${others + 1}` : ""}`]),
    ...(air === null ? [] : [`values of ${air.file}`]),
    ...(survey.ports.length === 0 ? [] : [`ports ${survey.ports.join(", ")} of the Dockerfile`]),
  ];
}

function warnAbout(survey: Survey, io: CommandIo): void {
  if (survey.mains.length === 0) {
    const message = "there is no main package here";
    const hint = 'name it in gust.toml: package = "./cmd/server"';
    io.stderr(failureText("warning", { code: "NO_MAIN_PACKAGE", message, hint }));
  }
  if (survey.cut) {
    const message = "there are very many files, and only a part of them was looked at";
    io.stderr(failureText("warning", { code: "ROOT_DANGEROUS", message }));
  }
}

/** The values of an air configuration, if there is one. */
async function readAir(dir: string, io: CommandIo): Promise<InitInput["air"]> {
  for (const file of [".air.toml", ".config/air.toml"]) {
    const text = await readFile(join(dir, file), "utf8").catch(() => null);
    if (text === null) continue;
    const { parse, TomlError } = await import("smol-toml");
    try {
      return { file, translated: translateAir(parse(text)) };
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const message = `${file}:${error.line}:${error.column} is no valid TOML, and was left out`;
      io.stderr(failureText("warning", { code: "CONFIG_INVALID", message }));
      return null;
    }
  }
  return null;
}

function fail(io: CommandIo, failure: Failure): number {
  io.stderr(failureText("error", failure));
  return 1;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

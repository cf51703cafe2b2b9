import { homedir } from "node:os";
import type { Failure } from "../core/failure.ts";
import { maskedFailure } from "../core/masked.ts";
import { withoutSecrets } from "../core/secrets.ts";
import type { Flags, LoadOptions } from "../config/config.ts";

/** What a command may touch of the world, so that it can be tested. */
export interface CommandIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the command line says to every command that reads the configuration. */
export interface ConfigArguments {
  readonly flags: Flags;
  /** `-c FILE`. */
  readonly configFile?: string;
  /** `--root DIR`. */
  readonly root?: string;
  /** `--env NAME`. */
  readonly environment?: string;
}

/** The options of `loadConfig` for a command. */
export function loadOptions(
  args: ConfigArguments & Pick<LoadOptions, "production" | "testing">,
  io: CommandIo,
): LoadOptions {
  const { cwd, env } = io;
  return { ...args, cwd, env, home: env["HOME"] ?? homedir(), platform: process.platform };
}

/** A failure as lines for stderr, `kind` being `error` or `warning`. */
export function failureText(kind: "error" | "warning", told: Failure): string {
  const failure = maskedFailure(told, (text) => withoutSecrets(text));
  const seen = (failure.seen ?? "").split("\n").filter((line) => line !== "");
  const lines = [
    `${kind}: ${failure.message}`,
    ...seen.map((line) => `  ${line}`),
    ...(failure.hint === undefined ? [] : [`  hint: ${failure.hint}`]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Every line begins with the name of the service that it is about. */
export function namedIo(io: CommandIo, name: string): CommandIo {
  const named = (text: string): string => text.replaceAll(/^(?=.)/gm, `${name} │ `);
  return {
    ...io,
    stdout: (text) => io.stdout(named(text)),
    stderr: (text) => io.stderr(named(text)),
  };
}

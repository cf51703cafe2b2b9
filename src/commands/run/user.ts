import { rm } from "node:fs/promises";
import { onResize } from "../../adapters/terminal/open-screen.ts";
import { openKeyboard } from "./keyboard.ts";
import { runCommand } from "../../adapters/go/command.ts";
import { shellCommand } from "../../adapters/go/shell.ts";
import type { ProgramRunner } from "../../adapters/program/runner.ts";
import type { Failure } from "../../core/failure.ts";
import type { DebuggedTest } from "../../core/test-stage.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Parts } from "./parts.ts";
import type { SessionOptions } from "./session.ts";

export interface UserOptions extends SessionOptions {
  readonly engine: Engine;
  readonly runner: ProgramRunner;
  readonly parts: () => Parts;
}

export interface User {
  close(): void;
  /** Gives the terminal to a debugger; the result says why it could not be. */
  debugTest(test: DebuggedTest): Promise<Failure | null>;
  /** What is left to do after everything has ended: air's `clean_on_exit`. */
  afterwards(): Promise<void>;
}

/** Signals, keys and standard input become events, or go to the program. */
export function listenToUser(options: UserOptions): User {
  const { engine, runner } = options;
  let leaving = false;
  const quit = (): void => {
    if (leaving) return engine.dispatch({ type: "quit-requested", exitCode: 0 });
    leaving = true;
    void postCommands(options).then(() => engine.dispatch({ type: "quit-requested", exitCode: 0 }));
    return undefined;
  };
  const swap = (): void => engine.dispatch({ type: "swap-requested", origin: "signal" });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, quit);
  if (process.platform !== "win32") process.on("SIGUSR2", swap);
  const stopInput = passInput(options);
  const stopSize = onResize(() => {
    runner.resize(process.stderr.columns, process.stderr.rows);
    options.ui.person?.presenter.redraw();
  });
  const keys = openKeyboard(options, quit);
  // A program that has ended cannot be typed to: keys are commands again.
  runner.onEmpty(() => keys?.leave());
  return {
    close() {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, quit);
      process.off("SIGUSR2", swap);
      stopInput();
      stopSize();
    },
    debugTest: async (test) => {
      const { debugTest } = await import("./debug-test.ts");
      const { config } = options.parts();
      return debugTest(test, { person: options.ui.person, keys, config, env: options.io.env });
    },
    afterwards: () => cleanUp(options),
  };
}

/** air's `clean_on_exit`. */
export async function cleanUp({
  parts,
  ui,
}: Pick<UserOptions, "ui"> & { readonly parts: () => Pick<Parts, "config"> }): Promise<void> {
  const { config } = parts();
  if (!config.misc.cleanOnExit) return;
  ui.person?.presenter.say("main", `deleting ${config.tmpDir}`);
  await rm(config.tmpDir, { recursive: true, force: true });
}

/** Standard input belongs to the program where it is no terminal, or keys are off. */
function passInput({ runner, ui }: UserOptions): () => void {
  if (ui.keys) return () => undefined;
  const { stdin } = process;
  const data = (chunk: Buffer): void => runner.write(chunk);
  const end = (): void => runner.closeInput();
  stdin.on("data", data);
  stdin.on("end", end);
  return () => {
    stdin.off("data", data);
    stdin.off("end", end);
    stdin.pause();
  };
}

/** air's `post_cmd`: on leaving, while the program still serves. */
export async function postCommands({
  parts,
  processes,
  ui,
}: Pick<UserOptions, "parts" | "processes" | "ui">): Promise<void> {
  const { config, env } = parts();
  for (const line of config.build.postCmd) {
    const result = await runCommand({
      processes,
      argv: shellCommand(line, process.platform),
      dir: config.dir,
      env: await env(),
      signal: new AbortController().signal,
      timeoutMs: config.build.timeoutMs,
    });
    if (result.type === "failed") ui.face.failure("post_cmd", result.failure);
  }
}

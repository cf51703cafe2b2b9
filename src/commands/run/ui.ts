import { readFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { relative } from "node:path";
import type { Loaded } from "../../config/config.ts";
import type { MainPackage } from "../../adapters/go/main-packages.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { openScreen, terminalColumns } from "../../adapters/terminal/open-screen.ts";
import { TerminalPresenter } from "../../adapters/terminal/presenter.ts";
import type { Screen } from "../../adapters/terminal/screen.ts";
import type { Failure } from "../../core/failure.ts";
import type { Presenter, WatchReport } from "../../engine/ports.ts";
import type { TerminalSpec } from "../../engine/processes.ts";
import type { RunArguments } from "./run.ts";

/** The user's side of a run: what is shown, and what the program is given of the terminal. */
export interface Ui {
  readonly presenter: Presenter;
  /** Null with `--json`. */
  readonly person: TerminalPresenter | null;
  readonly screen: Screen;
  readonly programInput: "none" | "pipe";
  /** True when keys are read. */
  readonly keys: boolean;
  output(stream: "stdout" | "stderr", data: Uint8Array): void;
  terminal(): TerminalSpec | null;
  watching(report: WatchReport, root: string): void;
  say(text: string): void;
  progress(text: string): void;
  warn(failure: Failure): void;
  error(failure: Failure): void;
  choose(mains: readonly MainPackage[]): Promise<MainPackage | null>;
  close(code: number): Promise<void>;
}

export function openUi(args: RunArguments, loaded: Loaded): Ui {
  const { config } = loaded;
  const screen = openScreen(systemClock, () => process.kill(process.pid, "SIGHUP"));
  const person = new TerminalPresenter({
    screen,
    words: {
      colors: wantsColors(args.color ?? config.color.mode),
      verbose: config.verbose,
      root: config.root,
      airWords: loaded.source === ".air.toml",
      partColors: config.color,
      readSource,
    },
    columns: terminalColumns,
    clock: systemClock,
    timeOfDay: () => new Date().toTimeString().slice(0, 8),
    log: config.log,
    clearOnRebuild: config.screen.clearOnRebuild,
    keepScroll: config.screen.keepScroll,
  });
  const keys = args.keys && process.stdin.isTTY && process.stderr.isTTY;
  return {
    presenter: person,
    person,
    screen,
    keys,
    programInput: "pipe",
    output: (stream, data) => void screen.output(stream, data),
    terminal: () => terminalSpec(keys),
    watching: (report, root) => person.watching(report, root),
    say: (text) => person.say("main", text),
    progress: (text) => person.say("main", text),
    warn: (failure) => person.failure("warning", failure),
    error: (failure) => person.failure("error", failure),
    choose,
    close: (code) => person.close(code),
  };
}

function wantsColors(mode: "auto" | "always" | "never"): boolean {
  if (mode !== "auto") return mode === "always";
  const { env } = process;
  return process.stderr.isTTY && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** The program sees a terminal where gust has one. */
function terminalSpec(keys: boolean): TerminalSpec | null {
  const { stdout, stderr, stdin } = process;
  if (!stdout.isTTY && !stderr.isTTY) return null;
  const size = stderr.isTTY ? stderr : stdout;
  return {
    stdout: stdout.isTTY,
    stderr: stderr.isTTY,
    stdin: stdin.isTTY,
    columns: size.columns,
    rows: size.rows,
    // Without keys the real terminal shows what is typed; with keys nothing is typed to the program.
    echo: keys,
  };
}

function readSource(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** Asks which of several programs is meant; null where nobody can be asked. */
async function choose(mains: readonly MainPackage[]): Promise<MainPackage | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const lines = mains.map(
    (main, index) => `  ${index + 1}  ${main.dir === null ? main.argument : relative(".", main.dir)}`,
  );
  process.stderr.write(`Several programs can be started here:\n${lines.join("\n")}\n`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await reader.question(`Which one? [1-${mains.length}] `);
    return mains[Number(answer) - 1] ?? null;
  } finally {
    reader.close();
  }
}

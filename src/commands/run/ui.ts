import { createInterface } from "node:readline/promises";
import { relative } from "node:path";
import type { Loaded } from "../../config/config.ts";
import type { MainPackage } from "../../adapters/go/main-packages.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { openScreen, terminalColumns, wantsColors } from "../../adapters/terminal/open-screen.ts";
import { type PresenterOptions, TerminalPresenter } from "../../adapters/terminal/presenter.ts";
import type { Screen } from "../../adapters/terminal/screen.ts";
import type { Face } from "../../adapters/terminal/face.ts";
import { JsonPresenter } from "../../adapters/terminal/json-presenter.ts";
import { descriptorSink } from "../../adapters/terminal/sink.ts";
import type { TerminalSpec } from "../../engine/processes.ts";
import { ContextBook } from "./context-book.ts";
import type { RunArguments } from "./run.ts";
import { type Secrets, maskedFace, openSecrets } from "./secrets.ts";
import { readSource } from "./sources.ts";

/** The user's side of a run: what is shown, and what the program is given of the terminal. */
export interface Ui {
  readonly face: Face;
  readonly secrets: Secrets;
  /** Null with `--json`. */
  readonly person: Person | null;
  /** What tells the processes of the program apart. */
  readonly contexts: ContextBook;
  /** With `--json` only. */
  readonly json: JsonPresenter | null;
  /** True when keys are read. */
  readonly keys: boolean;
  terminal(): TerminalSpec | null;
  choose(mains: readonly MainPackage[]): Promise<MainPackage | null>;
}

/** What a person has and a program that reads JSON has not. */
export interface Person {
  readonly presenter: TerminalPresenter;
  readonly screen: Screen;
  /** How lines are written; a service's are written alike. */
  readonly options: PresenterOptions;
}

export function openUi(args: RunArguments, loaded: Loaded, version: string): Ui {
  const contexts = new ContextBook();
  const opened = args.json
    ? { person: null, json: openJson(loaded, version, contexts) }
    : { person: openPerson(args, loaded), json: null };
  const secrets = openSecrets(process.env);
  const shown = opened.person === null ? opened.json : opened.person.presenter;
  const face = maskedFace(shown, secrets);
  const keys = readsKeys(args);
  return {
    face,
    secrets,
    ...opened,
    contexts,
    keys,
    terminal: () => (args.json ? null : terminalSpec(keys)),
    choose: args.json ? () => Promise.resolve(null) : choose,
  };
}

const readsKeys = (args: RunArguments): boolean =>
  !args.json && args.keys && process.stdin.isTTY && process.stderr.isTTY;

/** Nobody reads any more: as if the terminal had been closed. */
function lost(): void {
  process.kill(process.pid, "SIGHUP");
}

function openPerson(args: RunArguments, loaded: Loaded): Person {
  const { config } = loaded;
  const screen = openScreen(systemClock, lost);
  const options: PresenterOptions = {
    screen,
    words: {
      colors: wantsColors(args.color ?? config.color.mode),
      verbose: config.verbose,
      root: config.root,
      airWords: loaded.source === ".air.toml",
      partColors: config.color,
      readSource,
      keys: readsKeys(args),
    },
    columns: terminalColumns,
    clock: systemClock,
    timeOfDay: () => new Date().toTimeString().slice(0, 8),
    log: config.log,
    clearOnRebuild: config.screen.clearOnRebuild,
    keepScroll: config.screen.keepScroll,
    here: config.dir,
    platform: process.platform,
  };
  return { presenter: new TerminalPresenter(options), screen, options };
}

function openJson(loaded: Loaded, version: string, contexts: ContextBook): JsonPresenter {
  const { config } = loaded;
  return new JsonPresenter({
    stdout: descriptorSink(1, process.stdout),
    time: () => new Date().toISOString(),
    contextOf: (pid) => contexts.of(pid),
    lost,
    hello: {
      gust: version,
      pid: process.pid,
      root: config.root,
      environment: config.environment,
      main: config.package === "" ? "." : config.package,
    },
  });
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

/** Asks which of several programs is meant; null where nobody can be asked. */
async function choose(mains: readonly MainPackage[]): Promise<MainPackage | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  const lines = mains.map(
    (main, index) =>
      `  ${index + 1}  ${main.dir === null ? main.argument : relative(".", main.dir)}`,
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

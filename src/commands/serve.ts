import { basename, isAbsolute, join, relative, resolve } from "node:path";
import type { Flags, Loaded } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { ServiceSockets } from "../adapters/process/keeper-processes.ts";
import { openProcesses } from "../adapters/process/open-processes.ts";
import { projectKey } from "../adapters/store/user-dirs.ts";
import type { Failure } from "../core/failure.ts";
import type { Processes } from "../engine/processes.ts";
import { type CommandIo, type ConfigArguments, failureText, loadOptions } from "./io.ts";
import { type Program, newRunId, ownDirs } from "./run/project.ts";
import { supervise } from "./run/supervise.ts";
import { type Ui, openUi } from "./run/ui.ts";
import { tellingManager } from "./serve/manager.ts";
import { serveParts } from "./serve/parts.ts";
import { socketsFor, withoutManager } from "./serve/sockets.ts";

export interface ServeArguments extends ConfigArguments {
  readonly json: boolean;
  readonly color: "auto" | "always" | "never" | null;
  /** `--listen`, as often as it was given. */
  readonly listen: readonly string[];
  /** `--ready notify`. */
  readonly notify: boolean;
  /** `--keeper`: one that was built before. */
  readonly keeper: string | null;
  readonly packageDir: string;
  readonly version: string;
}

/**
 * `gust serve`: runs a ready program, and replaces it without a gap when its file is replaced.
 * Exit codes are those of `gust run`.
 */
export async function runServe(args: ServeArguments, io: CommandIo): Promise<number> {
  const words = splitWords(args.flags);
  if (words === null) return refuse([noProgram], io);
  const found = await loadServed({ ...args, flags: words.flags }, io);
  if (!("config" in found)) return refuse(found, io);
  const path = resolve(found.config.dir, words.program);
  const project = programOf(found, path);
  const loaded = { ...found, config: { ...found.config, package: project.package } };
  const sockets = socketsFor(io.env, process.pid, args.listen);
  if (sockets !== null && "code" in sockets) return refuse([sockets], io);
  const runArgs = { ...args, flags: words.flags, keys: false, printConfig: false, trace: false };
  const ui = openUi(runArgs, loaded, args.version);
  for (const warning of loaded.warnings) ui.face.failure("warning", warning);
  const runId = newRunId();
  const processes = await openKeptProcesses({ args, io, ui, runId, sockets });
  if ("code" in processes) {
    ui.face.failure("error", processes);
    await ui.face.close(2);
    return 2;
  }
  const managed = io.env["NOTIFY_SOCKET"] !== undefined;
  const face = managed ? tellingManager(ui.face, (text) => processes.notify?.(text)) : ui.face;
  const rescue = (): void => face.rescue();
  process.on("uncaughtExceptionMonitor", rescue);
  const served = { path, activated: sockets !== null, notify: args.notify };
  let code = 1;
  try {
    code = await supervise({
      args: runArgs,
      io: { ...io, env: withoutManager(io.env) },
      ui: { ...ui, face },
      processes,
      loaded,
      runId,
      project,
      service: true,
      dashboard: null,
      member: null,
      makeParts: (now, fixed) => serveParts(now, fixed, served),
    });
  } finally {
    await processes.close();
    await face.close(code);
    process.off("uncaughtExceptionMonitor", rescue);
  }
  return code;
}

interface Words {
  readonly program: string;
  readonly flags: Flags;
}

/** The first word is the program, also where it does not look like a path. */
function splitWords(flags: Flags): Words | null {
  const [first, ...rest] = flags.args;
  const program = flags.package ?? first;
  if (program === undefined) return null;
  const args = flags.package === null ? rest : flags.args;
  const plain = flags.package === null && args[0] === "--" ? args.slice(1) : args;
  return { program, flags: { ...flags, package: null, args: plain } };
}

const noProgram: Failure = {
  code: "FLAG_INVALID",
  message: "`gust serve` needs the path of a program",
  hint: "gust serve ./server -- arguments of the program",
};

/**
 * The configuration without what is about sources: the root is not watched, so that none is too
 * large, and what is said about a build means nothing here.
 */
async function loadServed(
  args: ServeArguments,
  io: CommandIo,
): Promise<Loaded | readonly Failure[]> {
  const values = new Map(args.flags.values).set("build.ignore_dangerous_root_dir", true);
  const flags = { ...args.flags, values };
  const loaded = await loadConfig(loadOptions({ ...args, flags, production: true }, io));
  if (!("config" in loaded)) return loaded;
  const { config } = loaded;
  const build = { ...config.build, cmd: null, goBuild: null, preCmd: [], postCmd: [] };
  // A developer looks at a crash first; here nobody does.
  const asked = loaded.origins.get("run.restart")?.type !== "default";
  const run = asked ? config.run : { ...config.run, restart: "on-crash" as const };
  return {
    ...loaded,
    config: { ...config, build, run, start: { type: "built" }, rules: [] },
    warnings: loaded.warnings.filter(({ code }) => !meaningless.has(code)),
  };
}

const meaningless: ReadonlySet<Failure["code"]> = new Set([
  "ROOT_DANGEROUS",
  "CONFIG_WITHOUT_EFFECT",
]);

function programOf({ config }: Loaded, path: string): Program {
  const short = relative(config.dir, path);
  const shown = short.startsWith("..") || isAbsolute(short) ? path : `./${short}`;
  return {
    package: shown,
    dir: config.dir,
    moduleDir: null,
    name: basename(path),
    modulePath: undefined,
    key: projectKey(config.root, `serve ${path}`),
  };
}

interface Opening {
  readonly args: ServeArguments;
  readonly io: CommandIo;
  readonly ui: Ui;
  readonly runId: string;
  readonly sockets: ServiceSockets | null;
}

/** Nothing less than the keeper will do: without it every swap would have a gap. */
async function openKeptProcesses(opening: Opening): Promise<Processes | Failure> {
  const { args, io, ui, runId, sockets } = opening;
  const named = args.keeper ?? io.env["GUST_KEEPER"] ?? "";
  try {
    return await openProcesses({
      backend: "keeper",
      keeperDir: join(args.packageDir, "keeper"),
      runId,
      cacheDir: ownDirs(io.env).cacheDir,
      onProgress: (text) => ui.person?.presenter.say("main", text),
      onLost: (failure) => ui.face.failure("keeper", failure),
      ...(named === "" ? {} : { keeper: resolve(io.cwd, named) }),
      ...(sockets === null ? {} : { sockets }),
    });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return keeperFailure(text, named);
  }
}

function keeperFailure(seen: string, named: string): Failure {
  // The keeper itself says what it cannot listen on.
  if (seen.startsWith("cannot listen")) return { code: "START_PORT_TAKEN", message: seen };
  return {
    code: "KEEPER_UNAVAILABLE",
    message: `gust serve cannot do without the keeper: ${seen.split("\n")[0] ?? seen}`,
    hint:
      named === ""
        ? "install Go, or name one that was built elsewhere with --keeper (docs/serve.md)"
        : `check ${named}: it has to be of this version of gust, and for this machine`,
  };
}

function refuse(failures: readonly Failure[], io: CommandIo): number {
  for (const failure of failures) io.stderr(failureText("error", failure));
  return 2;
}

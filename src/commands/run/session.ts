import { isDeepStrictEqual } from "node:util";
import type { Config, Loaded } from "../../config/config.ts";
import { loadConfig } from "../../config/load.ts";
import { fileClock } from "../../adapters/files/file-clock.ts";
import { openFileIndex } from "../../adapters/files/open-file-index.ts";
import { type ProgramRunner, openRunner } from "../../adapters/program/runner.ts";
import { lockBetween } from "../../adapters/process/locks.ts";
import { LogContexts } from "../../adapters/program/log-context.ts";
import type { OutputLog } from "../../adapters/logs/output-log.ts";
import { ownOutputs } from "../../adapters/machine/own-outputs.ts";
import type { RunStore } from "../../adapters/store/run-store.ts";
import type { SwapMemory } from "../../adapters/store/swap-memory.ts";
import { systemClock } from "../../adapters/system-clock.ts";
import { classify } from "../../core/classify.ts";
import type { Failure } from "../../core/failure.ts";
import type { Settings } from "../../core/settings.ts";
import type { Address } from "../../core/version.ts";
import { type Engine, startEngine } from "../../engine/engine.ts";
import type {
  Builder,
  FileIndex,
  Presenter,
  Tester,
  WatchReport,
  Watcher,
} from "../../engine/ports.ts";
import type { Processes } from "../../engine/processes.ts";
import type { View } from "../../core/view.ts";
import type { World } from "../../engine/world.ts";
import { type CommandIo, loadOptions } from "../io.ts";
import { clientsOf } from "./clients.ts";
import { type Web, openWeb } from "./web.ts";
import { conflictAfter, explainExit } from "./explain-exit.ts";
import { type Hooks, openHooks } from "./hooks.ts";
import { keptKeys } from "./kept-keys.ts";
import { launchCommand } from "./launch.ts";
import { openControlDesk } from "./control-desk.ts";
import type { Dashboard } from "./dashboard/dashboard.ts";
import type { Fixed, Parts } from "./parts.ts";
import { type Program, ownDirs, widenRoot } from "./project.ts";
import type { RunArguments } from "./run.ts";
import type { Ui } from "./ui.ts";
import { gitIgnoreOf } from "./watch-parts.ts";
import { WatchSwitch } from "./watch-switch.ts";
import { type User, type UserOptions, listenToUser } from "./user.ts";

export interface SessionOptions {
  readonly args: RunArguments;
  readonly io: CommandIo;
  readonly ui: Ui;
  readonly processes: Processes;
  /** Starts the program, where that is not what starts all else. */
  readonly programs?: Processes;
  readonly project: Program;
  readonly store: RunStore;
  readonly loaded: Loaded;
  readonly runtimeDir: string;
  readonly memory: SwapMemory;
  /** Names this run among all. */
  readonly runId: string;
  /** What keeps the program's output; null where it is not kept. */
  readonly kept: OutputLog | null;
  /** True: the program is started as systemd starts a service. */
  readonly service: boolean;
  /** Makes what a configuration asks for; called again when it changes. */
  readonly makeParts: (loaded: Loaded, fixed: Fixed) => Parts;
  /** Null where there is none. */
  readonly dashboard: Dashboard | null;
  /** What it is as one of several; null where it is alone. */
  readonly member: SessionMember | null;
}

/** One of several services. */
export interface SessionMember {
  readonly name: string;
  /** What the program finds in its environment besides. */
  readonly variables: (config: Config) => Readonly<Record<string, string>>;
  /** Its own share of the configuration. */
  readonly share: (loaded: Loaded) => Loaded | Failure;
  /** Whether a build of any of them reads what lies there. */
  readonly readsDir: (path: string) => boolean;
  /** Whether it may listen there before its program does: not where another one is to listen. */
  readonly isFree: (address: Address) => boolean;
  /** What a user may see of it: that it waits for others, its engine does not know. */
  readonly seen: (view: View) => View;
  readonly waits: MemberWaits;
  /** Signals and keys are for all of them. */
  readonly listen: (options: UserOptions) => User;
}

/** How one learns that what it needs will not become ready. */
export interface MemberWaits {
  /** Somebody wants to know what becomes of it, which depends on what it needs. */
  asked(): void;
  /** What becomes of its own newest save is decided. */
  decided(): void;
  /** Calls back whenever only another save can help. */
  onStuck(tell: (message: string) => void): void;
}

/** What changes while gust runs. */
interface Current {
  parts: Parts;
}

const builderOf = (options: SessionOptions, current: Current): Builder => ({
  build: (...asked) => current.parts.builder.build(...asked),
  prepare: (signal) => current.parts.builder.prepare(signal),
  preload: (signal) => current.parts.builder.preload(signal),
  prune: (keep) => options.store.prune(keep),
});

const testerOf = (current: Current): Tester => ({
  run: (request, sink, signal) => current.parts.tester.run(request, sink, signal),
  record: (signal) => current.parts.tester.record(signal),
});

export interface Session {
  /** Resolves with the exit code when everything has ended. */
  readonly done: Promise<number>;
}

/** Puts the adapters together around the engine, and lets events in. */
export async function openSession(options: SessionOptions): Promise<Session | Failure> {
  const { ui, loaded } = options;
  const openedAt = fileClock();
  const fixed = makeFixed(options, () => engine);
  const current: Current = { parts: options.makeParts(loaded, fixed) };
  const watcher = new WatchSwitch(current.parts.watcher);
  const web = await openWeb(options, {
    parts: () => current.parts,
    engine: () => engine,
    moduleDirs: fixed.ownDirs,
  });
  if ("code" in web) return web;
  const runner = makeRunner(options, current, { engine: () => engine, web });
  const hooks = makeHooks(options, current);
  const desk = await openControlDesk(options, () => engine);
  if ("code" in desk) {
    await web.close();
    return desk;
  }
  const world: World = {
    clock: systemClock,
    watcher,
    files: indexOf(current, fixed, openedAt),
    graph: { load: (signal) => current.parts.graph.load(signal) },
    builder: builderOf(options, current),
    modules: { run: (...asked) => current.parts.modules.run(...asked) },
    rules: { run: (rule, signal) => current.parts.rules.run(rule, signal) },
    runner,
    tester: testerOf(current),
    debugTest: (test) => user.debugTest(test),
    clients: clientsOf(options, () => current.parts, web.pages),
    presenter: presenterFor([ui.face, hooks, ...web.told]),
    reloadConfig: async () => {
      const result = await reload(options);
      if ("code" in result) return result;
      if (isDeepStrictEqual(result.config, current.parts.config)) return null;
      const parts = options.makeParts(result, fixed);
      await current.parts.builder.close();
      current.parts = parts;
      await watcher.replace(parts.watcher);
      return parts.settings;
    },
    mask: ui.secrets.mask,
    answerWait: (request, verdict) => desk.answer(request, verdict),
  };
  const engine: Engine = startEngine(world, current.parts.settings);
  const report = await startWatching(watcher, engine);
  ui.face.watching(report, current.parts.config.root);
  web.recorder?.watching(report);
  const listen = options.member?.listen ?? listenToUser;
  const user = listen({ ...options, engine, runner, parts: () => current.parts });
  engine.dispatch({ type: "started" });
  const done = engine.done.then(async (code) => {
    user.close();
    await hooks.close();
    await desk.close();
    await watcher.close();
    await runner.close();
    await web.close();
    await user.afterwards();
    return code;
  });
  return { done };
}

/** What gust writes itself, to a file that its words go to, is no event. */
function startWatching(watcher: Watcher, engine: Engine): Promise<WatchReport> {
  const said = ownOutputs();
  return watcher.start({
    touched: (touched) => {
      const paths = touched.filter((path) => !said.has(path));
      if (paths.length > 0) engine.dispatch({ type: "paths-touched", paths });
    },
    lost: (reason) => engine.dispatch({ type: "watch-lost", reason }),
  });
}

/** Everybody who is told of what happens. */
const presenterFor = (told: readonly Partial<Presenter>[]): Presenter => ({
  notice(...heard) {
    for (const one of told) one.notice?.(...heard);
  },
  view(view) {
    for (const one of told) one.view?.(view);
  },
});

function indexOf(
  current: Current,
  { gitIgnore }: Fixed,
  openedAt: ReturnType<typeof fileClock>,
): FileIndex {
  return openFileIndex({
    roots: current.parts.settings.classify.roots,
    skipDir: (dir) => current.parts.skipDir(dir),
    gitIgnore,
    wanted: (path) => isReadAtRunTime(path, current.parts.settings),
    openedAt,
  });
}

/**
 * What the package graph does not name: its content must be known before the first save as well, so
 * that a touch of it is told from a change.
 */
function isReadAtRunTime(path: string, settings: Settings): boolean {
  const { classify: known, rules } = settings;
  const { kind } = classify(path, { settings: known, rules, graph: null, graphCurrent: false });
  return kind !== "irrelevant" && kind !== "go" && kind !== "static";
}

function makeFixed(options: SessionOptions, engine: () => Engine | undefined): Fixed {
  const { project, processes, store, io, ui } = options;
  return {
    processes,
    kept: store,
    env: io.env,
    gitIgnore: gitIgnoreOf(options.loaded.config.root, io.env),
    own: [store.dir],
    readsDir:
      options.member?.readsDir ??
      ((path) => engine()?.state().graph.index?.readsDir(path) === true),
    alone: options.memory.last?.alone ?? null,
    ownDirs: () => moduleDirs(engine(), project),
    output: passOn(options, engine),
    terminal: () => ui.terminal(),
    warn: (failure) => ui.face.failure("warning", failure),
    cacheDir: ownDirs(io.env).cacheDir,
    onEnv: (read) => ui.secrets.learn(read),
    onProcess: (pid, alive) => store.record(pid, alive),
  };
}

/**
 * Output goes to the user, and no faster than it can be taken; but a terminal that was stopped must
 * not keep gust from leaving.
 */
function passOn(
  { ui, processes }: SessionOptions,
  engine: () => Engine | undefined,
): Fixed["output"] {
  return (stream, data) => {
    if (ui.face.output(stream, data)) return;
    const running = engine();
    const over = running === undefined ? [] : [running.leaving];
    processes.holdOutput(Promise.race([ui.face.drained(), ...over]));
  };
}

function moduleDirs(engine: Engine | undefined, project: Program): readonly string[] {
  const known = engine?.state().graph.index?.graph.moduleDirs;
  return known ?? (project.moduleDir === null ? [project.dir] : [project.moduleDir]);
}

/** What the dashboard knows of this program. */
/** Who is asked, or told, by a program that runs. */
interface Around {
  readonly engine: () => Engine | undefined;
  readonly web: Web;
}

function makeRunner(
  options: SessionOptions,
  current: Current,
  { engine, web }: Around,
): ProgramRunner {
  const { processes, ui, store, project } = options;
  const show = passOn(options, engine);
  return openRunner({
    processes: options.programs ?? processes,
    command: async (version) => {
      const { config, builder, env } = current.parts;
      const variables = options.member?.variables(config) ?? {};
      return launchCommand(version, { config, builder, env: { ...(await env()), ...variables } });
    },
    output: (stream, data, from) => {
      options.kept?.write(from, stream, data);
      web.recorder?.output(from, stream, data);
      show(stream, data);
    },
    context: {
      contexts: new LogContexts(options.runId),
      annotate: () => options.loaded.config.log.context,
      tell: (pid, context) => ui.contexts.tell(pid, context),
    },
    terminal: () => ui.terminal(),
    stdin: "pipe",
    service: options.service,
    pages: () => web.pages.socket(),
    settled: () => web.settled(),
    own: project.modulePath ?? "",
    health: () => healthOf(current.parts),
    logPattern: () => current.parts.config.ready.log,
    explain: (tail, exit) =>
      explainExit(tail, exit, {
        processes,
        ownDirs: [project.moduleDir ?? project.dir],
      }),
    conflicts: {
      between: (waiter, holder) => {
        const lock = lockBetween(waiter, holder);
        return lock === null
          ? null
          : { what: `it waits for the lock of ${lock.path}`, certain: lock.blocked };
      },
      after: (tail, holder) => conflictAfter(tail, holder, processes),
    },
    onProcess: (pid, alive) => store.record(pid, alive),
  });
}

function makeHooks(options: SessionOptions, current: Current): Hooks {
  const { processes, project, ui, store } = options;
  const { person } = ui;
  const screen = person?.screen.terminal === true ? person.screen : null;
  return openHooks({
    processes,
    platform: process.platform,
    name: options.member?.name ?? project.name,
    now: () => current.parts,
    warn: (failure) => ui.face.failure("hook", failure),
    onProcess: (pid, alive) => store.record(pid, alive),
    terminal: screen && ((text) => void screen.output("stderr", Buffer.from(text))),
  });
}

function healthOf({ config }: Parts) {
  const { path, port, status, timeoutMs, intervalMs } = config.health;
  return path === null ? null : { path, port, status, timeoutMs, intervalMs };
}

async function reload(options: SessionOptions): Promise<Loaded | Failure> {
  const { args, io, project, ui } = options;
  const { service: production } = options;
  const loaded = await loadConfig(loadOptions({ ...args, production }, io));
  if (!("config" in loaded)) {
    const [first, ...others] = loaded;
    for (const failure of others) ui.face.failure("config", failure);
    return first ?? { code: "CONFIG_INVALID", message: "the configuration cannot be read" };
  }
  const own = options.member === null ? loaded : options.member.share(loaded);
  if ("code" in own) return own;
  const unheeded = keptKeys(options.loaded.config, own.config);
  const warnings = unheeded === null ? loaded.warnings : [...loaded.warnings, unheeded];
  for (const warning of warnings) ui.face.failure("warning", warning);
  return options.member === null ? widenRoot(own, project.moduleDir) : own;
}

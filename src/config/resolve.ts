import type { PlatformPath } from "node:path";
import type { Config, Flags, Loaded, Merged, Origin, RunConfig, Value } from "./config.ts";
import { type EnvironmentName, usualEnvFiles } from "./environment.ts";
import type { FileContent } from "./read.ts";
import { translateRegexp } from "./regexp.ts";
import { extensions, pathRegexps, resolveRules } from "./rules.ts";
import { resolveServices } from "./services.ts";
import { decideLaunch } from "./start.ts";
import type { Typed } from "./typed.ts";
import { globSource } from "./glob.ts";
import { readStatus, splitPattern } from "./value.ts";

export interface ResolveInput {
  /** A value for every key. */
  readonly values: Typed;
  /** Gets what follows from other keys written back. */
  readonly merged: Merged;
  /** `[[rule]]` and `[[build.rules]]`, by the name of the section. */
  readonly rules: FileContent["rules"];
  readonly environment: EnvironmentName;
  readonly source: Loaded["source"];
  readonly production: boolean;
  readonly flags: Flags;
  readonly dir: string;
  readonly root: string;
  readonly path: PlatformPath;
  readonly inPath: (name: string) => string | null;
}

/** Makes absolute paths, compiled patterns and decisions of the merged values. */
export function resolveConfig(input: ResolveInput): Config {
  const { values, merged, dir, root, path, flags } = input;
  const tmpDir = values.string("tmp_dir").trim() || "tmp";
  const named = flags.package ?? values.string("package");
  const launch = decideLaunch(values, { path, dir, root, tmpDir, named, inPath: input.inPath });
  const [single, ...others] = launch.goBuild?.packages ?? [];
  const fromCommand = launch.goBuild !== null && others.length === 0 ? (single ?? ".") : "";
  const testdata = values.string("testdata_dir").trim();
  const entrypointArgs = launch.args;
  return {
    dir,
    root,
    tmpDir: path.resolve(root, tmpDir),
    testdataDir: testdata === "" ? "" : path.resolve(root, testdata),
    environment: input.environment,
    envFiles: envFilesOf(input).map((file) => path.resolve(root, file)),
    package: named === "" ? fromCommand : named,
    start: launch.start,
    args: [
      ...entrypointArgs,
      ...values.strings("build.args_bin"),
      ...values.strings("args"),
      ...flags.args,
    ],
    verbose: values.boolean("verbose"),
    build: {
      cmd: launch.cmd,
      goBuild: launch.cmd === null ? null : launch.goBuild,
      ...resolveBuild(input, tmpDir),
      name: launch.name,
      flags: [...launch.flags, ...values.strings("build.flags")],
    },
    modules: {
      download: values.boolean("modules.download"),
      tidy: values.oneOf("modules.tidy", ["ask", "auto", "never"]),
      timeoutMs: values.number("modules.timeout"),
    },
    run: resolveRun(values, merged),
    test: resolveTest(values),
    debug: {
      enabled: values.boolean("debug.enabled"),
      port: values.number("debug.port"),
      dlv: values.string("debug.dlv").trim() || "dlv",
    },
    rules: resolveRules(input.rules, root, path),
    ...resolveServices(input.rules, { dir, root, path }),
    ...resolveReadiness(values),
    ...resolveLooks(values),
    ...resolvePages(values),
    ...resolveHooks(values),
  };
}

/** Those of the user; else the usual ones, which air does not read, nor a service in production. */
function envFilesOf(input: ResolveInput): readonly string[] {
  const { values, merged, environment, source, production } = input;
  const given = merged.origins.get("env_files")?.type !== "default";
  if (given || production || source === ".air.toml") return values.strings("env_files");
  const usual = usualEnvFiles(environment);
  merged.values.set("env_files", usual);
  return usual;
}

type OwnBuild = Omit<Config["build"], "cmd" | "goBuild" | "flags" | "name">;

function resolveBuild(input: ResolveInput, tmpDir: string): OwnBuild {
  const { values, merged, root, path } = input;
  const under = (names: readonly string[]): readonly string[] =>
    names.map((name) => name.trim()).flatMap((name) => (name ? [path.resolve(root, name)] : []));
  const log = values.string("build.log").trim();
  const usualExcludes = merged.origins.get("build.exclude_dir")?.type === "default";
  const excludes = values.strings("build.exclude_dir");
  return {
    debug: values.boolean("build.debug"),
    semantic: values.boolean("build.semantic"),
    direct: values.boolean("build.direct"),
    preload: values.boolean("build.preload"),
    preCmd: values.strings("build.pre_cmd"),
    postCmd: values.strings("build.post_cmd"),
    timeoutMs: values.number("build.timeout"),
    keep: values.number("build.keep"),
    log: log === "" ? null : path.resolve(root, tmpDir, log),
    includeExt: extensions(values.strings("build.include_ext")),
    staticExt: extensions(values.strings("build.static_ext")),
    excludeDir: under(
      usualExcludes ? excludes.map((name) => (name === "tmp" ? tmpDir : name)) : excludes,
    ),
    includeDir: under(values.strings("build.include_dir")),
    excludeFile: values.strings("build.exclude_file").map((glob) => slashes(glob, path)),
    includeFile: under(values.strings("build.include_file")),
    excludeRegex: pathRegexps(values.strings("build.exclude_regex")),
    excludeUnchanged: values.boolean("build.exclude_unchanged"),
    ignoreDangerousRootDir: values.boolean("build.ignore_dangerous_root_dir"),
    followSymlink: values.boolean("build.follow_symlink"),
    poll: values.boolean("build.poll"),
    pollIntervalMs: values.number("build.poll_interval"),
    delayMs: values.number("build.delay"),
    stopOnError: values.boolean("build.stop_on_error"),
  };
}

function resolveRun(values: Typed, merged: Merged): RunConfig {
  const interrupt = values.boolean("build.send_interrupt") ? "SIGINT" : null;
  const killDelay = values.number("build.kill_delay");
  const rerun = values.boolean("build.rerun") ? "always" : null;
  const rerunDelay = values.number("build.rerun_delay");
  const { origins } = merged;
  const derive = <T extends Value>(own: string, air: string, value: T | null): T | null => {
    const from = origins.get(air);
    if (value === null || rank(from) <= rank(origins.get(own))) return null;
    merged.values.set(own, value);
    origins.set(own, { type: "derived", from: air });
    return value;
  };
  const restart = values.oneOf("run.restart", ["never", "on-crash", "always"]);
  return {
    stopSignal:
      derive("run.stop_signal", "build.send_interrupt", interrupt) ??
      values.string("run.stop_signal"),
    swap: values.oneOf("run.swap", ["auto", "overlap", "handoff", "stop-start"]),
    streams: values.oneOf("run.streams", ["last", "first", "never"]),
    holdTimeoutMs: values.number("run.hold_timeout"),
    buildHeader: values.boolean("run.build_header"),
    drainTimeoutMs: values.number("run.drain_timeout"),
    stopTimeoutMs:
      derive("run.stop_timeout", "build.kill_delay", killDelay > 0 ? killDelay : null) ??
      values.number("run.stop_timeout"),
    probationMs: values.number("run.probation"),
    restart: derive("run.restart", "build.rerun", rerun) ?? restart,
    restartDelayMs:
      derive("run.restart_delay", "build.rerun_delay", rerunDelay) ??
      values.number("run.restart_delay"),
  };
}

function resolveTest(values: Typed): Config["test"] {
  return {
    mode: values.oneOf("test.mode", ["off", "watch", "gate"]),
    coverage: values.number("test.coverage"),
    packages: values.strings("test.packages"),
    flags: values.strings("test.flags"),
    timeoutMs: values.number("test.timeout"),
    record: values.boolean("test.record"),
    rules: values.strings("test.rules").flatMap((text) => {
      const [glob, pattern] = splitPattern(text);
      const path = globSource(glob, true);
      // A subtest is told by what follows a slash: the whole test runs.
      const tests = translateRegexp(pattern.split("/")[0] ?? "", false);
      return path === null || !tests.ok ? [] : [{ glob, path, tests: tests.source }];
    }),
  };
}
/** From the weakest; what is not here is the weakest of all. */
const ranks: readonly Origin["type"][] = ["file", "platform", "environment", "flag"];

/** Which of two keys with the same meaning was said more emphatically. */
function rank(origin: Origin | undefined): number {
  if (origin === undefined) return 0;
  return ranks.indexOf(origin.type) + 1;
}

function resolveReadiness(values: Typed): Pick<Config, "ready" | "health"> {
  const log = values.string("ready.log");
  const pattern = translateRegexp(log, false);
  const health = values.string("health.path").trim();
  return {
    ready: {
      ports: values.numbers("ready.ports"),
      log: log !== "" && pattern.ok ? pattern.source : null,
      minUptimeMs: values.number("ready.min_uptime"),
      timeoutMs: values.number("ready.timeout"),
    },
    health: {
      path: health === "" ? null : health.replace(/^(?!\/)/, "/"),
      port: values.number("health.port"),
      status: readStatus(values.string("health.status")) ?? [],
      timeoutMs: values.number("health.timeout"),
      intervalMs: values.number("health.interval"),
      retries: values.number("health.retries"),
    },
  };
}

const colors = [
  ...(["red", "green", "yellow", "blue"] as const),
  ...(["magenta", "cyan", "white", "raw"] as const),
];

function resolveHooks(values: Typed): Pick<Config, "hooks" | "notify"> {
  const when = ["never", "failure", "always"] as const;
  return {
    hooks: {
      onLive: values.strings("hooks.on_live"),
      onFailure: values.strings("hooks.on_failure"),
      onRollback: values.strings("hooks.on_rollback"),
      timeoutMs: values.number("hooks.timeout"),
    },
    notify: {
      desktop: values.oneOf("notify.desktop", when),
      terminal: values.oneOf("notify.terminal", when),
    },
  };
}

function resolveLooks(values: Typed): Pick<Config, "log" | "color" | "misc" | "screen" | "proxy"> {
  const mode = values.oneOf("color.mode", ["", "auto", "always", "never"]);
  return {
    log: {
      time: values.boolean("log.time"),
      mainOnly: values.boolean("log.main_only"),
      silent: values.boolean("log.silent"),
      context: values.boolean("log.context"),
      keep: values.number("log.keep"),
      maxSize: values.number("log.max_size"),
    },
    color: {
      mode: mode === "" ? "auto" : mode,
      main: values.oneOf("color.main", colors),
      watcher: values.oneOf("color.watcher", colors),
      build: values.oneOf("color.build", colors),
      runner: values.oneOf("color.runner", colors),
    },
    misc: {
      cleanOnExit: values.boolean("misc.clean_on_exit"),
      startupBanner: values.optional("misc.startup_banner"),
    },
    screen: {
      clearOnRebuild: values.boolean("screen.clear_on_rebuild"),
      keepScroll: values.boolean("screen.keep_scroll"),
    },
    proxy: {
      enabled: values.boolean("proxy.enabled"),
      proxyPort: values.number("proxy.proxy_port"),
      appPort: values.number("proxy.app_port"),
      appStartTimeoutMs: values.number("proxy.app_start_timeout") || 5000,
      host: values.string("proxy.host"),
    },
  };
}

function resolvePages(values: Typed): Pick<Config, "browser" | "editor" | "ui"> {
  return {
    browser: {
      enabled: values.boolean("browser.enabled"),
      overlay: values.boolean("browser.overlay"),
      badge: values.boolean("browser.badge"),
      console: values.boolean("browser.console"),
      hosts: values.strings("browser.hosts"),
      remote: values.boolean("browser.remote"),
    },
    editor: { command: values.strings("editor.command") },
    ui: { enabled: values.boolean("ui.enabled"), port: values.number("ui.port") },
  };
}

/** Patterns have slashes; on Windows a backslash is one too, as in Go. */
function slashes(glob: string, path: PlatformPath): string {
  return path.sep === "\\" ? glob.replaceAll("\\", "/") : glob;
}

import type { BrowserConfig, EditorConfig, ProxyConfig, UiConfig } from "./pages.ts";
import type { Failure } from "../core/failure.ts";
import type { Environment, EnvironmentName } from "./environment.ts";

/**
 * The effective configuration: defaults, file, platform table and flags merged, checked and
 * resolved. Nested like the file, in camelCase. Paths are absolute, times are milliseconds.
 */
export interface Config {
  /** Working directory of every command and of the program: where gust was started. */
  readonly dir: string;
  /** What is watched, and the base of relative paths (except `build.bin`). */
  readonly root: string;
  readonly tmpDir: string;
  /** Left out of watching; "" when the key is empty. */
  readonly testdataDir: string;
  readonly envFiles: readonly string[];
  /**
   * The main package as `go build` takes it, or "" when it must be found. Taken from the
   * command line, else the key `package`, else the `go build` in `build.cmd`.
   */
  readonly package: string;
  /** How the program is started, decided from `full_bin`, `entrypoint` and `bin`. */
  readonly start: StartConfig;
  /** All arguments of the program, in order: entrypoint, `args_bin`, `args`, command line. */
  readonly args: readonly string[];
  readonly environment: EnvironmentName;
  readonly verbose: boolean;
  readonly build: BuildConfig;
  readonly modules: ModulesConfig;
  readonly ready: ReadyConfig;
  readonly health: HealthConfig;
  readonly run: RunConfig;
  readonly test: TestConfig;
  readonly debug: DebugConfig;
  /** `[[rule]]` first, then air's `[[build.rules]]`. */
  readonly rules: readonly RuleConfig[];
  /** Empty: one program, the one that `package` names. */
  readonly services: readonly ServiceConfig[];
  readonly processes: readonly ProcessConfig[];
  readonly log: LogConfig;
  readonly hooks: HooksConfig;
  readonly notify: NotifyConfig;
  readonly color: ColorConfig;
  readonly misc: MiscConfig;
  readonly screen: ScreenConfig;
  readonly proxy: ProxyConfig;
  readonly browser: BrowserConfig;
  readonly editor: EditorConfig;
  readonly ui: UiConfig;
}

export type StartConfig =
  /** The binary that gust builds itself (`build.cmd` is null). */
  | { readonly type: "built" }
  /** An absolute path that `build.cmd` writes. */
  | { readonly type: "file"; readonly path: string }
  /** A program found in PATH, which no build writes (`entrypoint = ["dlv", …]`). */
  | { readonly type: "tool"; readonly path: string }
  /** A shell line (`full_bin`, or a `bin` with shell syntax); `args` are appended, quoted. */
  | { readonly type: "shell"; readonly command: string };

export interface BuildConfig {
  /** Shell line that builds; null: gust runs `go build` itself. */
  readonly cmd: string | null;
  /** What the `go build` in `cmd` builds; null when `cmd` is null or has no plain `go build`. */
  readonly goBuild: GoBuild | null;
  /** Arguments for gust's own `go build`, before the package. */
  readonly flags: readonly string[];
  /** Leave out builds for comments and formatting. */
  readonly semantic: boolean;
  readonly direct: boolean;
  readonly preload: boolean;
  /** What the program is called that gust builds in place of a command; null: as its package. */
  readonly name: string | null;
  /** Keep debug information. */
  readonly debug: boolean;
  /** Shell lines, in order, before every build. */
  readonly preCmd: readonly string[];
  /** Shell lines, in order, when gust ends, before the program is stopped. */
  readonly postCmd: readonly string[];
  readonly timeoutMs: number;
  /** How many good binaries are kept. */
  readonly keep: number;
  /** File that gets the output of failed builds; null: none. */
  readonly log: string | null;
  /** Endings without dot; `*` is every file. */
  readonly includeExt: readonly string[];
  readonly staticExt: readonly string[];
  readonly excludeDir: readonly string[];
  readonly includeDir: readonly string[];
  /** Go `filepath.Match` patterns, relative to the root, with `/`. */
  readonly excludeFile: readonly string[];
  readonly includeFile: readonly string[];
  /** Sources of JavaScript regular expressions, tested against the path relative to the root. */
  readonly excludeRegex: readonly string[];
  /** Accepted for air's sake: gust always compares contents. */
  readonly excludeUnchanged: boolean;
  readonly ignoreDangerousRootDir: boolean;
  readonly followSymlink: boolean;
  /** True: polling is forced; false: gust chooses. */
  readonly poll: boolean;
  /** 0: gust chooses. */
  readonly pollIntervalMs: number;
  /** The longest quiet time waited for. */
  readonly delayMs: number;
  readonly stopOnError: boolean;
}

/** A `go build` found in a shell line. */
export interface GoBuild {
  /** Where it runs, relative to the directory of the command (`cd api && …`, `-C api`); "" there. */
  readonly dir: string;
  /** The word for the go command: another path may be another Go, or something else. */
  readonly go: string;
  /** `NAME=value` before the command. */
  readonly env: readonly string[];
  /** Everything between `go build` and the packages, without `-o`. */
  readonly flags: readonly string[];
  /** The argument of `-o`, or null. */
  readonly output: string | null;
  readonly packages: readonly string[];
  /** True when the shell line does nothing but this one `go build`. */
  readonly alone: boolean;
}

export interface ModulesConfig {
  /** Fetch what is missing before a build. */
  readonly download: boolean;
  readonly tidy: "ask" | "auto" | "never";
  readonly timeoutMs: number;
}

export interface ReadyConfig {
  readonly ports: readonly number[];
  /** Source of a JavaScript regular expression; null when not used. */
  readonly log: string | null;
  readonly minUptimeMs: number;
  readonly timeoutMs: number;
}

export interface HealthConfig {
  /** HTTP path; null: no health check. */
  readonly path: string | null;
  /** 0: the port that the program listens on. */
  readonly port: number;
  /** Inclusive ranges of good status codes. */
  readonly status: readonly (readonly [from: number, to: number])[];
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** How often it is asked again after the deadline of a start. */
  readonly retries: number;
}

export interface RunConfig {
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  readonly swap: "auto" | "overlap" | "handoff" | "stop-start";
  readonly drainTimeoutMs: number;
  readonly streams: "last" | "first" | "never";
  /** 0: clients wait without end. */
  readonly holdTimeoutMs: number;
  readonly buildHeader: boolean;
  readonly probationMs: number;
  readonly restart: "never" | "on-crash" | "always";
  readonly restartDelayMs: number;
}

export interface TestConfig {
  readonly mode: "off" | "watch" | "gate";
  /** In per cent; 0: it is not measured. */
  readonly coverage: number;
  /** Empty: all of the main modules. */
  readonly packages: readonly string[];
  readonly flags: readonly string[];
  /** 0: no limit. */
  readonly timeoutMs: number;
  readonly record: boolean;
  readonly rules: readonly TestRuleConfig[];
}

export interface TestRuleConfig {
  /** As the user has written it, for what is said. */
  readonly glob: string;
  /** Sources of JavaScript regular expressions, for the path relative to the root and for names. */
  readonly path: string;
  readonly tests: string;
}

export interface DebugConfig {
  readonly enabled: boolean;
  readonly port: number;
  /** A name for the PATH, or a path. */
  readonly dlv: string;
}

export interface RuleConfig {
  readonly name: string;
  /** Shell line. */
  readonly cmd: string;
  /** Globs relative to the root, with `/`; `**` crosses directories. */
  readonly inputs: readonly string[];
  readonly excludes: readonly string[];
  readonly outputs: readonly string[];
  readonly includeExt: readonly string[];
  /** Relative to the root, with `/`, without a slash at the end; "" is the root. */
  readonly includeDir: readonly string[];
  /** Relative to the root, with `/`. */
  readonly includeFile: readonly string[];
  /** Sources of JavaScript regular expressions. */
  readonly excludeRegex: readonly string[];
  readonly timeoutMs: number;
  readonly runAtStart: boolean;
  /** True for air's `[[build.rules]]`: a matched file never leads to a build by itself. */
  readonly only: boolean;
}

/** What services and processes have in common. */
interface Member {
  readonly name: string;
  /** Absolute. */
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Absolute, besides those of the top of the file. */
  readonly envFiles: readonly string[];
  /** 0: none. */
  readonly port: number;
  /** HTTP path; null: as for all. */
  readonly health: string | null;
  /** Source of a JavaScript regular expression; null: as for all. */
  readonly readyLog: string | null;
  readonly dependsOn: readonly string[];
}

export interface ServiceConfig extends Member {
  /** As `go build` takes it; "" for the only one of `dir`. */
  readonly package: string;
  readonly args: readonly string[];
}

export interface ProcessConfig extends Member {
  /** Shell line. */
  readonly cmd: string;
  readonly restart: RunConfig["restart"];
  readonly restartDelayMs: number;
}

export interface LogConfig {
  readonly time: boolean;
  readonly mainOnly: boolean;
  readonly silent: boolean;
  /** Log lines of the program tell which process they are from. */
  readonly context: boolean;
  /** How many versions of the program have their output kept. */
  readonly keep: number;
  /** Most bytes that are kept of one version. */
  readonly maxSize: number;
}

/** Commands that are run when something has happened; an empty list is none. */
export interface HooksConfig {
  readonly onLive: readonly string[];
  readonly onFailure: readonly string[];
  readonly onRollback: readonly string[];
  readonly timeoutMs: number;
}

export type NotifyWhen = "never" | "failure" | "always";

export interface NotifyConfig {
  readonly desktop: NotifyWhen;
  readonly terminal: NotifyWhen;
}

export type ColorName = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "white" | "raw";

export interface ColorConfig {
  readonly mode: "auto" | "always" | "never";
  readonly main: ColorName;
  readonly watcher: ColorName;
  readonly build: ColorName;
  readonly runner: ColorName;
}

export interface MiscConfig {
  readonly cleanOnExit: boolean;
  /** Null: gust's own; "": none. */
  readonly startupBanner: string | null;
}

export interface ScreenConfig {
  readonly clearOnRebuild: boolean;
  readonly keepScroll: boolean;
}

export interface Loaded {
  readonly config: Config;
  /** Where each value comes from, by the key's path in the file (`build.cmd`). */
  readonly origins: Origins;
  /** The merged values as the file would have them, by key path: what `gust check` prints. */
  readonly values: ReadonlyMap<string, Value>;
  /** The rules as they stand in the file, by the name of their section. */
  readonly rules: ReadonlyMap<string, readonly ReadonlyMap<string, Value>[]>;
  /** The text of the configuration file; "" without one. */
  readonly text: string;
  /** Things to say that do not stop gust: typos in `.air.toml`, keys without effect. */
  readonly warnings: readonly Failure[];
  readonly source: "gust.toml" | ".air.toml" | "none";
  readonly environment: Environment;
  /** Absolute paths whose change or appearance means another configuration. */
  readonly files: readonly string[];
}

export type Origins = ReadonlyMap<string, Origin>;

export type Origin =
  | { readonly type: "default" }
  | { readonly type: "file"; readonly file: string }
  /** From `[build.linux]` and its like in the file. */
  | { readonly type: "platform"; readonly file: string; readonly platform: string }
  /** From `[env.staging]` and its like, `key` being the path of the key in the file. */
  | {
      readonly type: "environment";
      readonly file: string;
      readonly environment: EnvironmentName;
      readonly key: string;
    }
  /** The default of this environment. */
  | { readonly type: "environment-default"; readonly environment: EnvironmentName }
  | { readonly type: "flag"; readonly flag: string }
  | { readonly type: "env"; readonly name: string }
  /** Follows from another key, named here by its path. */
  | { readonly type: "derived"; readonly from: string };

/** Values and origins while they are put together. */
export interface Merged {
  readonly values: Map<string, Value>;
  readonly origins: Map<string, Origin>;
}

export interface LoadOptions {
  /** Where gust was started. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home directory. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly flags: Flags;
  /** `-c FILE`, relative to `cwd`. */
  readonly configFile?: string;
  /** `--root DIR`: as if gust had been started there. */
  readonly root?: string;
  /** `--env NAME`, as typed. */
  readonly environment?: string;
  /** For `gust serve` and `gust build`, which are for production. */
  readonly production?: boolean;
  /** For `gust test`, which makes nothing live. */
  readonly testing?: boolean;
}

/** What the command line says about the configuration, as `splitAirFlags` reads it. */
export interface Flags {
  /** Values by key path, of the type that the table tells. */
  readonly values: ReadonlyMap<string, Value>;
  /** The main package, when one was named. */
  readonly package: string | null;
  /** Arguments for the program. */
  readonly args: readonly string[];
}

export const noFlags: Flags = { values: new Map(), package: null, args: [] };

/** A value of one key, as the table's `kind` tells. */
export type Value = string | number | boolean | readonly string[] | readonly number[] | null;

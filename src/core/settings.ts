/**
 * Everything the core needs to know of the configuration. Plain data: patterns are the source
 * text of JavaScript regular expressions, so that a journal can be written and replayed.
 * All times are in milliseconds.
 */
export interface Settings {
  readonly burst: BurstSettings;
  readonly classify: ClassifySettings;
  readonly rules: readonly RuleSettings[];
  readonly modules: ModuleSettings;
  readonly ready: ReadySettings;
  readonly stop: StopSettings;
  readonly swap: SwapSettings;
  /** A crash this soon after ready brings the last good version back. */
  readonly probationMs: number;
  readonly restart: "on-crash" | "always" | "never";
  /** First delay before a restart after a crash; doubles up to 30 s, reset by a stable run. */
  readonly restartDelayMs: number;
  /** How many good binaries are kept for rollback. */
  readonly keepBuilds: number;
  /** air's `stop_on_error`: also stop the running program when a build fails. */
  readonly stopOnError: boolean;
  /** Absent: no tests run by themselves. */
  readonly tests?: TestSettings;
  /**
   * True for a command that nobody builds: one that fails to start is started again as one that
   * crashes, as no save will mend it.
   */
  readonly unbuilt?: boolean;
}

export interface TestSettings {
  /** `watch`: after a save is live; `gate`: before, and only what passes goes live. */
  readonly mode: "watch" | "gate";
  /** Least statement coverage of changed packages in per cent; 0: it is not asked for. */
  readonly coverage: number;
  /** What tests reach is found out in idle moments. */
  readonly record: boolean;
}

export interface BurstSettings {
  /** The first quiet time waited for when a second change follows the first. Doubles. */
  readonly quietMs: number;
  /** The longest quiet time waited for (`delay`). */
  readonly capMs: number;
  /** A build starts at the latest this long after the first change of a burst. */
  readonly limitMs: number;
}

export interface ClassifySettings {
  /**
   * The ready program and the names that lead to it (`gust serve`): with them nothing else counts,
   * as what it is made of is built elsewhere.
   */
  readonly binaries?: readonly string[];
  /** Absolute directories that are watched; the first is the root. */
  readonly roots: readonly string[];
  /** Path separator of the system. */
  readonly separator: "/" | "\\";
  /** Files with these endings (without dot) are read at run time; `*` is every file. */
  readonly runtimeExtensions: readonly string[];
  /** Endings of files that a browser fetches and the program does not parse. */
  readonly staticExtensions: readonly string[];
  /** Absolute directories left out, except where the build reads them. */
  readonly excludedDirs: readonly string[];
  /** Patterns tested against the path relative to the root, with `/` as separator. */
  readonly excludedFiles: readonly string[];
  /** air's `exclude_regex`, tested against the path relative to the root. */
  readonly excludedPatterns: readonly string[];
  /** Absolute directories to which run-time files are limited; empty means the roots. */
  readonly includedDirs: readonly string[];
  /** Absolute files that count as run-time files whatever their ending. */
  readonly includedFiles: readonly string[];
  /** Absolute directories whose run-time files are those of another service. */
  readonly foreignDirs?: readonly string[];
  readonly configFiles: readonly string[];
  readonly envFiles: readonly string[];
  /** Absolute files and directories that gust or the build command writes. */
  readonly outputs: readonly string[];
  /**
   * True when gust does not know what the build command reads (a Makefile, a script): then a
   * change of any included file builds.
   */
  readonly opaqueBuild: boolean;
  /** A change of nothing but comments and formatting leads to no build. */
  readonly semantic: boolean;
  /** True when the build command or a `pre_cmd` may write Go files itself (`go generate`). */
  readonly buildWritesSources: boolean;
  /**
   * Files that only tests read, by the path relative to the root; absent where no tests run. A file
   * that the build reads as well is one of the build.
   */
  readonly testInputs?: readonly string[];
  /** Files that rules of the user's map to tests. */
  readonly testRules?: readonly string[];
}

export interface RuleSettings {
  readonly name: string;
  /** Tested against the path relative to the root, with `/` as separator. */
  readonly inputs: readonly string[];
  readonly excludes: readonly string[];
  /** Files that the rule writes; empty when not told. */
  readonly outputs: readonly string[];
  readonly timeoutMs: number;
  /** Also run before the first build. */
  readonly atStart: boolean;
  /** True (air's `[[build.rules]]`): a matched file never leads to a build by itself. */
  readonly only: boolean;
}

export interface ModuleSettings {
  /** Fetch what is missing before a build. */
  readonly download: boolean;
  /** What becomes of module files that do not fit the sources: a key, by itself, or nothing. */
  readonly tidy: "ask" | "auto" | "never";
}

export interface ReadySettings {
  /** Wait for the program's own word, `READY=1` (sd_notify). */
  readonly notify?: boolean;
  /** Ports that must be listened on; empty: those that the predecessor had, else any. */
  readonly ports: readonly number[];
  /** Wait for the HTTP health check that the prober knows. */
  readonly health: boolean;
  /** How many more checks are waited for when the deadline has passed, and how long for each. */
  readonly retries: number;
  readonly retryMs: number;
  /** Regular expression source: a line of output that says ready; null when not used. */
  readonly logPattern: string | null;
  /** A program that has not listened by then, and need not, counts as ready. */
  readonly minUptimeMs: number;
  readonly deadlineMs: number;
}

export interface SwapSettings {
  /**
   * False: a version that is built waits until somebody asks for the swap. The first one starts all
   * the same, as nothing serves that could be disturbed. Not given: true.
   */
  readonly automatic?: boolean;
  /**
   * Every version inherits the listening sockets (systemd's socket activation), so that two can
   * accept at once though they know nothing of each other.
   */
  readonly activated?: boolean;
  /**
   * `overlap`: the new version is ready before the old one ends, where the program takes part;
   * `auto`: the same, where nothing speaks against it;
   * `handoff`: the old one ends first, and its connections wait in the held sockets;
   * `stop-start`: sockets are not held.
   */
  readonly mode: "auto" | "overlap" | "handoff" | "stop-start";
  /** How long the old version may finish what it has begun. */
  readonly drainMs: number;
  /** When answers without an end (events, WebSockets) are closed, among all that is drained. */
  readonly streams: "last" | "first" | "never";
  /** How long clients wait while nothing is alive, before they are told so. */
  readonly holdMs: number;
  /** Answers tell which build they are from. */
  readonly header: boolean;
  /** Why an overlap does not work for this program, as an earlier run has found; else null. */
  readonly learned: string | null;
}

export interface StopSettings {
  readonly signal: string;
  /** From the signal to SIGKILL. */
  readonly timeoutMs: number;
}

import type { RuleSettings, Settings, TestSettings } from "../core/settings.ts";
import type { Config, RuleConfig } from "./config.ts";
import { globSource } from "./glob.ts";

/** What the core needs to know that the configuration does not tell. */
export interface SettingsPlaces {
  readonly separator: "/" | "\\";
  /** `Loaded.files`. */
  readonly configFiles: readonly string[];
  /** Where gust itself writes: its run directory, absolute. */
  readonly outputs: readonly string[];
  /** Why two versions of the program cannot live at once, as an earlier run has found; else null. */
  readonly alone: string | null;
}

/** Translates the configuration into the words of the core. */
export function toSettings(config: Config, places: SettingsPlaces): Settings {
  const { build, ready, run } = config;
  const opaqueBuild = build.cmd !== null && build.goBuild?.alone !== true;
  return {
    burst: {
      quietMs: Math.min(20, build.delayMs),
      capMs: build.delayMs,
      limitMs: Math.max(3000, build.delayMs),
    },
    classify: {
      roots: rootsOf(config, places.separator),
      separator: places.separator,
      runtimeExtensions: runtimeExtensions(build.includeExt),
      staticExtensions: build.staticExt.filter((ext) => !build.includeExt.includes(ext)),
      excludedDirs: excludedDirs(config),
      excludedFiles: globs(build.excludeFile, false),
      excludedPatterns: build.excludeRegex,
      includedDirs: includedDirs(config, places.separator),
      includedFiles: build.includeFile,
      configFiles: places.configFiles,
      envFiles: config.envFiles,
      outputs: [...places.outputs, ...writtenFiles(config)],
      opaqueBuild,
      semantic: build.semantic,
      buildWritesSources: opaqueBuild || build.preCmd.length > 0,
      ...(config.test.mode === "off" ? {} : testFiles(config)),
    },
    rules: config.rules.map(ruleSettings),
    modules: {
      // A command of the user's own may build something else.
      download: config.modules.download && !opaqueBuild,
      tidy: config.modules.tidy,
    },
    ready: {
      ports: ready.ports,
      health: config.health.path !== null,
      retries: config.health.retries,
      retryMs: config.health.timeoutMs + config.health.intervalMs,
      logPattern: ready.log,
      minUptimeMs: ready.minUptimeMs,
      deadlineMs: ready.timeoutMs,
    },
    stop: { signal: run.stopSignal, timeoutMs: run.stopTimeoutMs },
    swap: {
      automatic: config.environment !== "staging",
      mode: run.swap,
      drainMs: run.drainTimeoutMs,
      streams: run.streams,
      holdMs: run.holdTimeoutMs,
      header: run.buildHeader,
      // What is remembered is about the program as it was found: the user's own word goes before.
      learned: run.swap === "auto" ? places.alone : null,
    },
    probationMs: run.probationMs,
    restart: run.restart,
    restartDelayMs: run.restartDelayMs,
    keepBuilds: build.keep,
    stopOnError: build.stopOnError,
    ...(config.test.mode === "off" ? {} : { tests: testSettings(config, config.test.mode) }),
  };
}

function testSettings({ test }: Config, mode: "watch" | "gate"): TestSettings {
  return { mode, coverage: test.coverage, record: test.record };
}

function testFiles({ test }: Config): Pick<Settings["classify"], "testInputs" | "testRules"> {
  return { testInputs: ["(?:^|/)testdata/"], testRules: test.rules.map(({ path }) => path) };
}

/** Where tests run by themselves, their data is watched, though no build reads it. */
export function excludedDirs({ build, tmpDir, testdataDir, test }: Config): readonly string[] {
  const all = new Set([...build.excludeDir, tmpDir, testdataDir]);
  if (test.mode !== "off") all.delete(testdataDir);
  return [...all].filter((dir) => dir !== "");
}

/** `go` files are the graph's affair. A compound ending counts by its last part. */
function runtimeExtensions(extensions: readonly string[]): readonly string[] {
  const last = extensions.map((ext) => ext.slice(ext.lastIndexOf(".") + 1));
  return [...new Set(last)].filter((ext) => ext !== "go");
}

/** The root, and what `include_dir` names outside of it. */
function rootsOf(config: Config, separator: string): readonly string[] {
  const outside = config.build.includeDir.filter((dir) => !isBelow(dir, config.root, separator));
  return [config.root, ...outside];
}

/**
 * Directories outside the root are watched besides it; they limit nothing, unless one under the
 * root is named as well.
 */
function includedDirs(config: Config, separator: string): readonly string[] {
  const { includeDir } = config.build;
  return includeDir.some((dir) => isBelow(dir, config.root, separator)) ? includeDir : [];
}

function isBelow(dir: string, root: string, separator: string): boolean {
  return dir === root || dir.startsWith(root.endsWith(separator) ? root : root + separator);
}

function writtenFiles(config: Config): readonly string[] {
  const { start, build } = config;
  return [
    ...(start.type === "file" ? [start.path] : []),
    ...(build.log === null ? [] : [build.log]),
  ];
}

function ruleSettings(rule: RuleConfig): RuleSettings {
  const included = includedSource(rule);
  return {
    name: rule.name,
    inputs: [...globs(rule.inputs, true), ...(included === null ? [] : [included])],
    excludes: [...globs(rule.excludes, true), ...rule.excludeRegex],
    outputs: globs(rule.outputs, true),
    timeoutMs: rule.timeoutMs,
    atStart: rule.runAtStart,
    only: rule.only,
  };
}

/** In one of the directories, when any are given, and one of the endings or files, likewise. */
function includedSource(rule: RuleConfig): string | null {
  const { includeDir, includeExt, includeFile } = rule;
  if (includeDir.length + includeExt.length + includeFile.length === 0) return null;
  const dirs = includeDir.map((dir) => (dir === "" ? "" : `${escape(dir)}/`));
  const within = dirs.length === 0 ? "" : `(?=${dirs.join("|")})`;
  const endings = includeExt.map((ext) => (ext === "*" ? ".*" : `(?:.*/)?[^/]*\\.${escape(ext)}`));
  const names = [...endings, ...includeFile.map(escape)];
  return `^${within}(?:${names.length === 0 ? ".*" : names.join("|")})$`;
}

/** Checked when the file was read, so that none is dropped here. */
function globs(patterns: readonly string[], deep: boolean): readonly string[] {
  return patterns.flatMap((pattern) => globSource(pattern, deep) ?? []);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

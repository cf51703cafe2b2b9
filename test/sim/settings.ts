import type { RuleOutcome } from "../../src/core/event.ts";
import type { Graph } from "../../src/core/graph.ts";
import type { Settings } from "../../src/core/settings.ts";

/** Plain settings for a project at /app with templates and no rules. */
export const plainSettings: Settings = {
  burst: { quietMs: 20, capMs: 300, limitMs: 2000 },
  classify: {
    roots: ["/app"],
    separator: "/",
    runtimeExtensions: ["tmpl"],
    staticExtensions: ["css"],
    excludedDirs: ["/app/vendor"],
    excludedFiles: [],
    excludedPatterns: [],
    includedDirs: [],
    includedFiles: [],
    configFiles: ["/app/gust.toml"],
    envFiles: ["/app/.env"],
    outputs: ["/run"],
    opaqueBuild: false,
    semantic: true,
    buildWritesSources: false,
  },
  rules: [],
  modules: { download: false, tidy: "ask" },
  ready: {
    ports: [],
    health: false,
    retries: 2,
    retryMs: 1000,
    logPattern: null,
    minUptimeMs: 300,
    deadlineMs: 10_000,
  },
  stop: { signal: "SIGTERM", timeoutMs: 5000 },
  swap: {
    mode: "auto",
    drainMs: 10_000,
    streams: "last",
    holdMs: 30_000,
    header: true,
    learned: null,
  },
  probationMs: 5000,
  restart: "never",
  restartDelayMs: 500,
  keepBuilds: 5,
  stopOnError: false,
};

/** How a rule ends that finds a mistake in its input. */
export const ruleFailed: RuleOutcome = {
  type: "failed",
  failure: { code: "RULE_FAILED", message: "bad input" },
};

/** One package at /app with these files. */
export const graphOf = (goFiles: readonly string[]): Graph => ({
  complete: true,
  main: "app",
  mainDir: "",
  links: { net: true, http: true, grpc: false, fasthttp: false },
  packageDirs: ["/app"],
  goFiles,
  ignoredGoFiles: [],
  nativeFiles: [],
  embedFiles: [],
  embedPatterns: [],
  moduleFiles: ["/app/go.mod"],
  moduleDirs: ["/app"],
});

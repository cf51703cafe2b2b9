import { tmpdir } from "node:os";
import { join } from "node:path";
import { flagsForTests } from "../../adapters/go/test/test-flags.ts";
import { type GoTester, openTester } from "../../adapters/go/test/tester.ts";
import { projectKey } from "../../adapters/store/user-dirs.ts";
import type { Config } from "../../config/config.ts";
import { relativePath } from "../../core/classify.ts";
import type { ClassifySettings } from "../../core/settings.ts";
import type { Processes } from "../../engine/processes.ts";
import type { Project } from "./project.ts";

export interface TestPartOptions {
  readonly config: Config;
  readonly project: Pick<Project, "toolchain" | "moduleDir" | "dir">;
  readonly processes: Processes;
  readonly classify: ClassifySettings;
  readonly cacheDir: string;
  readonly ownDirs: () => readonly string[];
  readonly env: () => Promise<Readonly<Record<string, string>>>;
  readonly nice: number;
  /** How many results a report lists. */
  readonly listed: number;
  readonly onProcess?: (pid: number, alive: boolean) => void;
}

/** The tests of a project, as the configuration has them. */
export function testerOf(options: TestPartOptions): GoTester {
  const { config, project, classify, cacheDir, env } = options;
  const { toolchain, moduleDir, dir } = project;
  const { build, test } = config;
  const flags = build.cmd === null ? build.flags : (build.goBuild?.flags ?? []);
  const assigned = build.goBuild?.env ?? [];
  return openTester({
    ...options,
    go: toolchain.go,
    dir: moduleDir ?? dir,
    packages: test.packages,
    flags: flagsForTests(flags),
    testFlags: test.flags,
    timeoutMs: test.timeoutMs,
    coverage: test.coverage,
    record: test.record,
    rules: test.rules,
    relative: (path) => relativePath(path, classify),
    env: async () => ({ ...(await env()), ...assignments(assigned) }),
    memoryDir: join(cacheDir, "tests", projectKey(moduleDir ?? dir, "tests")),
    salt: `${toolchain.version} ${toolchain.goos}/${toolchain.goarch}`,
    tmpDir: tmpdir(),
  });
}

const assignments = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );

import { realpathSync } from "node:fs";
import { dirname } from "node:path";
import type { Loaded } from "../../config/config.ts";
import { openReadyBinary } from "../../adapters/go/ready-binary.ts";
import type { Failure } from "../../core/failure.ts";
import { noSources } from "../../core/graph.ts";
import type { Settings } from "../../core/settings.ts";
import { type Fixed, type Parts, thisMachine } from "../run/parts.ts";
import { noTester, withoutTests } from "../run/lazy-tester.ts";
import { watchParts } from "../run/watch-parts.ts";

export interface Served {
  /** Absolute path of the program. */
  readonly path: string;
  /** Each version gets listening sockets. */
  readonly activated: boolean;
  /** Only `READY=1` counts as ready. */
  readonly notify: boolean;
}

/** The parts of a run that builds nothing: the program is watched, and each version of it kept. */
export function serveParts(loaded: Loaded, fixed: Fixed, served: Served): Parts {
  const { config } = loaded;
  // What is built elsewhere is tested there.
  const watch = withoutTests(watchParts(loaded, fixed, (settings) => settingsOf(settings, served)));
  const gap = !served.activated && config.run.swap !== "stop-start";
  return {
    config,
    ...watch,
    builder: openReadyBinary({
      path: served.path,
      machine: thisMachine,
      kept: fixed.kept,
      withoutShim: gap ? gapWarning(served.path) : null,
    }),
    graph: { load: () => Promise.resolve(noSources) },
    modules: { run: () => Promise.resolve({ type: "cancelled" }) },
    rules: { run: () => Promise.resolve({ type: "cancelled" }) },
    tester: noTester,
    imports: () => Promise.resolve({ packages: [] }),
  };
}

function settingsOf(settings: Settings, { path, activated, notify }: Served): Settings {
  const binaries = namesOf(path);
  const roots = [...new Set(binaries.map((name) => dirname(name)))];
  return {
    ...settings,
    classify: { ...settings.classify, binaries, roots },
    rules: [],
    modules: { download: false, tidy: "never" },
    ready: { ...settings.ready, notify },
    // Whoever puts a new file in its place wants it to run.
    swap: { ...settings.swap, activated, automatic: true },
    // What cannot be started has nothing to do with what serves.
    stopOnError: false,
  };
}

/** The path, and where it leads to if it is a symbolic link. */
function namesOf(path: string): readonly string[] {
  try {
    return [...new Set([path, realpathSync(path)])];
  } catch {
    // It is not there yet, and is started when it comes.
    return [path];
  }
}

function gapWarning(path: string): Failure {
  return {
    code: "SWAP_WITH_GAP",
    message: `a swap has a short gap: gust's files are not in ${path}, and it gets no sockets from gust`,
    hint: "build it with `gust build`, or let it take its sockets from `--listen`: docs/serve.md",
  };
}

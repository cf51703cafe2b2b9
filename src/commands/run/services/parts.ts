import type { GoBuilder } from "../../../adapters/go/builder.ts";
import type { Loaded } from "../../../config/config.ts";
import { noSources } from "../../../core/graph.ts";
import type { Fixed, Parts } from "../parts.ts";
import { noTester, withoutTests } from "../lazy-tester.ts";
import { watchParts } from "../watch-parts.ts";

/** The parts of a command that gust does not build: it is started anew for another environment. */
export function commandParts(loaded: Loaded, fixed: Fixed): Parts {
  const all = watchParts(loaded, fixed, (settings) => ({
    ...settings,
    unbuilt: true,
    modules: { download: false, tidy: "never" },
  }));
  const watch = withoutTests(all);
  return {
    config: loaded.config,
    ...watch,
    builder: commandBuilder,
    graph: { load: () => Promise.resolve(noSources) },
    modules: { run: () => Promise.resolve({ type: "cancelled" }) },
    rules: { run: () => Promise.resolve({ type: "cancelled" }) },
    tester: noTester,
    imports: () => Promise.resolve({ packages: [] }),
  };
}

const commandBuilder: GoBuilder = {
  build: (generation) =>
    Promise.resolve({
      type: "built",
      artifact: { build: generation, path: null, hash: null, sizeBytes: 0, shim: false },
      route: { type: "foreign" },
      phases: [],
      warnings: [],
    }),
  prepare: () => Promise.resolve({ type: "impossible", reason: "gust does not build it" }),
  preload: () => Promise.resolve({ type: "not-preloaded", reason: "gust does not build it" }),
  prune: () => Promise.resolve(),
  close: () => Promise.resolve(),
  restore: () => Promise.resolve(null),
};

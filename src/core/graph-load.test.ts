import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import type { Red } from "./state.ts";
import { initialState } from "./state.ts";
import { dirsOf, graphFailed } from "./graph-load.ts";

test("every directory that holds something of the build is watched, and each once", () =>
  assert.deepEqual(
    dirsOf({
      complete: true,
      main: "m",
      mainDir: "",
      links: { net: true, http: true, grpc: false, fasthttp: false },
      packageDirs: ["/src/app", "/src/app/web"],
      goFiles: ["/src/app/main.go"],
      ignoredGoFiles: [],
      nativeFiles: [],
      embedFiles: ["/src/app/web/static/a/page.html"],
      embedPatterns: [],
      moduleFiles: ["/src/app/go.mod", "/src/go.work"],
      moduleDirs: ["/src/app"],
    }),
    ["/src/app", "/src/app/web", "/src/app/web/static/a", "/src"],
  ));

test("why packages cannot be read is told, but not a second time after the build has told it", () => {
  const failure = { code: "MODULE_UNREACHABLE", message: "no way to the proxy" } as const;
  const check = (red: Red | null, expected: readonly string[]): void => {
    const state = { ...initialState(plainSettings), red };
    const [, effects] = graphFailed(state, state.graph.version, failure);
    assert.deepEqual(
      effects.map((effect) => (effect.type === "announce" ? effect.notice.type : effect.type)),
      expected,
    );
  };
  check(null, ["graph-failed"]);
  check({ generation: 2, sources: true, failure: { ...failure, message: "a typo" } }, [
    "graph-failed",
  ]);
  check({ generation: 2, sources: true, failure }, []);
});

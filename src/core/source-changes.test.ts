import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import type { FileFact } from "./facts.ts";
import type { Graph } from "./graph.ts";
import { indexGraph } from "./graph-index.ts";
import { classifyFact } from "./classify.ts";
import { noChanges, withFacts, withReason } from "./source-changes.ts";

const graph: Graph = {
  complete: true,
  main: "app",
  mainDir: "/app",
  links: { net: true, http: true, grpc: false, fasthttp: false },
  packageDirs: ["/app"],
  goFiles: ["/app/main.go", "/app/excluded.go"],
  ignoredGoFiles: ["/app/main_windows.go"],
  nativeFiles: ["/app/fast.s"],
  embedFiles: ["/app/page.html"],
  embedPatterns: [],
  moduleFiles: ["/app/go.mod"],
  moduleDirs: ["/app"],
};

const knowledge = {
  settings: { ...plainSettings.classify, excludedPatterns: ["excluded"] },
  rules: [],
  graph: indexGraph(graph, "/"),
  graphCurrent: true,
};

function check(
  facts: readonly (Partial<FileFact> & Pick<FileFact, "path">)[],
  modified: readonly string[],
  other: string | null,
): void {
  const sorted = facts.map((one) => {
    const fact: FileFact = { change: "modified", ignored: false, ...one };
    return { fact, classified: classifyFact(fact, knowledge) };
  });
  const paths = modified.map((name) => `/app/${name}`);
  assert.deepEqual(withFacts(noChanges, sorted, knowledge), { modified: paths, other });
}

test("a Go file of which only the content has changed is enough for a direct build", () => {
  check([{ path: "/app/main.go" }], ["main.go"], null);
  check([{ path: "/app/main.go", headerChanged: false }], ["main.go"], null);
  check([{ path: "/app/main.go" }, { path: "/app/main.go" }], ["main.go"], null);
});

test("what needs no build is remembered for the next one", () => {
  check([{ path: "/app/main.go", sameMeaning: true }], ["main.go"], null);
});

test("what changed in nothing, and what no build reads, is no change", () => {
  check([{ path: "/app/main.go", change: "unchanged" }], [], null);
  check([{ path: "/app/main_test.go" }, { path: "/app/notes.txt" }], [], null);
  check([{ path: "/app/main_windows.go" }, { path: "/app/page.tmpl" }], [], null);
});

test("anything else is left to the go command, and why", () => {
  const imports = "the imports or build constraints of main.go have changed";
  check([{ path: "/app/main.go", headerChanged: true }], [], imports);
  check([{ path: "/app/more.go", change: "created" }], [], "more.go is new");
  check([{ path: "/app/main.go", change: "removed" }], [], "main.go is gone");
  check([{ path: "/app/go.mod" }], [], "go.mod has changed");
  check([{ path: "/app/fast.s" }], [], "fast.s has changed");
  check([{ path: "/app/page.html" }], [], "page.html has changed");
});

test("a file that the configuration leaves out and the build reads counts all the same", () => {
  check([{ path: "/app/excluded.go" }], ["excluded.go"], null);
  check([{ path: "/app/excluded.go", change: "removed" }], [], "excluded.go is gone");
  check([{ path: "/app/excluded_too.go", change: "created" }], [], "excluded_too.go is new");
  check([{ path: "/app/excluded_test.go" }, { path: "/app/_excluded.go" }], [], null);
  check([{ path: "/other/excluded.go" }], [], null);
});

test("the first reason stays", () => {
  const first = withReason(noChanges, "it was asked for");
  assert.equal(withReason(first, "go.mod has changed").other, "it was asked for");
});

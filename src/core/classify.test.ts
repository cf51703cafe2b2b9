import assert from "node:assert/strict";
import { test } from "node:test";
import { plainSettings } from "../../test/sim/settings.ts";
import { type Knowledge, classify, classifyFact } from "./classify.ts";
import { indexGraph } from "./graph-index.ts";
import type { RuleSettings } from "./settings.ts";

const graph = indexGraph(
  {
    complete: true,
    main: "app",
    mainDir: "",
    links: { net: true, http: true, grpc: false, fasthttp: false },
    packageDirs: ["/app", "/app/internal/store", "/shared"],
    goFiles: ["/app/main.go", "/app/internal/store/store.go", "/app/vendor/x/x.go", "/shared/s.go"],
    ignoredGoFiles: ["/app/main_windows.go"],
    nativeFiles: ["/app/fast.c"],
    embedFiles: ["/app/web/logo.svg"],
    embedPatterns: [{ dir: "/app", pattern: "web" }],
    moduleFiles: ["/app/go.mod", "/app/go.sum", "/app/vendor/modules.txt"],
    moduleDirs: ["/app"],
  },
  "/",
);

const templ: RuleSettings = {
  name: "templ",
  inputs: ["\\.templ$"],
  excludes: [],
  outputs: ["_templ\\.go$"],
  timeoutMs: 1000,
  atStart: false,
  only: false,
};

const knowledge: Knowledge = {
  settings: plainSettings.classify,
  rules: [templ],
  graph,
  graphCurrent: true,
};

function check(path: string, expected: string, other: Partial<Knowledge> = {}): void {
  const { kind, need, rules } = classify(path, { ...knowledge, ...other });
  assert.equal([kind, need, ...rules.map((rule) => `rule ${rule}`)].join(" "), expected, path);
}

test("Go files of the program build, wherever they lie", () => {
  check("/app/main.go", "go build");
  check("/app/internal/store/store.go", "go build");
  check("/shared/s.go", "go build");
  check("/app/vendor/x/x.go", "go build");
  check("/app/internal/store/new.go", "go build");
});

test("Go files that the build does not read need nothing", () => {
  check("/app/main_windows.go", "irrelevant nothing");
  check("/app/other/tool/main.go", "irrelevant nothing");
  check("/app/main_test.go", "go-test nothing");
  check("/app/vendor/x/x_test.go", "irrelevant nothing");
  const settings = { ...plainSettings.classify, excludedPatterns: ["_test.go"] };
  check("/app/main_test.go", "go-test nothing", { settings });
});

test("while the graph may be older than the sources, any Go file may belong to the program", () => {
  check("/app/other/x.go", "go build", { graphCurrent: false });
  check("/app/other/x.go", "go build", { graph: null });
  check("/app/vendor/y/y.go", "irrelevant nothing", { graph: null });
});

test("a build command that gust cannot see through may read any Go file and any template", () => {
  const settings = { ...plainSettings.classify, opaqueBuild: true };
  check("/app/other/x.go", "go build", { settings });
  check("/app/page.tmpl", "runtime build", { settings });
});

test("module files, native files and embedded files build", () => {
  check("/app/go.mod", "module build");
  check("/app/vendor/modules.txt", "module build");
  check("/app/go.work", "module build");
  check("/shared/vendor/modules.txt", "irrelevant nothing");
  check("/app/tools/go.mod", "irrelevant nothing");
  check("/app/fast.c", "native build");
  check("/app/internal/store/new.h", "native build");
  check("/app/web/logo.svg", "embed build");
  check("/app/web/deep/new.css", "embed build");
});

test("templates restart, static files do nothing, the rest does not matter", () => {
  check("/app/page.tmpl", "runtime restart");
  check("/app/public/site.css", "static nothing");
  check("/app/notes.md", "irrelevant nothing");
  check("/elsewhere/page.tmpl", "irrelevant nothing");
  check("/app/.env", "env restart");
  check("/app/gust.toml", "config nothing");
  check("/run/3/app", "irrelevant nothing");
});

test("files of editors never matter", () => {
  for (const name of [".#main.go", "#main.go#", "main.go~", ".main.go.swp", "4913", ".DS_Store"]) {
    check(`/app/${name}`, "irrelevant nothing");
  }
  check("/app/main.go___jb_tmp___", "irrelevant nothing");
});

test("what the user excludes does not matter, even if the build reads it", () => {
  const settings = { ...plainSettings.classify, excludedPatterns: ["_templ\\.go$"] };
  check("/app/page_templ.go", "irrelevant nothing", { settings });
  check("/app/vendor/page.tmpl", "irrelevant nothing");
});

test("inputs of a rule run it, and build only if the program reads them as well", () => {
  check("/app/page.templ", "rule-input nothing rule 0");
  check("/app/page_templ.go", "rule-output build");
  const rules = [{ ...templ, inputs: ["\\.go$"], only: true }];
  check("/app/main.go", "rule-input nothing rule 0", { rules });
});

test("git's opinion counts for what is read at run time, not for what is compiled", () => {
  const fact = { change: "modified", ignored: true } as const;
  assert.equal(classifyFact({ ...fact, path: "/app/page.tmpl" }, knowledge).need, "nothing");
  assert.equal(classifyFact({ ...fact, path: "/app/main.go" }, knowledge).need, "build");
});

test("a file that build constraints left out builds when the constraints change", () => {
  const fact = { path: "/app/main_windows.go", change: "modified", ignored: false } as const;
  assert.equal(classifyFact({ ...fact, headerChanged: true }, knowledge).need, "build");
  assert.equal(classifyFact(fact, knowledge).need, "nothing");
});

test("a rule may have inputs beside the root", () => {
  const rules = [{ ...templ, inputs: ["^\\.\\./shared/.*\\.proto$"] }];
  check("/shared/api.proto", "rule-input nothing rule 0", { rules });
});

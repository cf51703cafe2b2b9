import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  Memories,
  PackagePrint,
  Prints,
  Reach,
  TestMemory,
  TestPackage,
} from "./test-model.ts";
import { filePrint } from "./test-print.ts";
import { selectTests } from "./test-selection.ts";
import { goFunctions, ownOf, testsOf, wholeOf, worldOf } from "./test-states.ts";

type Sources = Readonly<Record<string, string>>;

const base: Sources = {
  "store/store.go":
    "package store\n\ntype Kind int\n\nfunc Get() int { return 1 }\n\nfunc Put() int { return 2 }\n",
  "store/store_test.go":
    'package store\n\nimport "testing"\n\nvar limit = 3\n\nfunc check(t *testing.T, ok bool) { deep(t, ok) }\n\nfunc deep(t *testing.T, ok bool) { _ = ok }\n\nfunc TestGet(t *testing.T) { check(t, Get() == 1) }\n\nfunc TestPut(t *testing.T) { _ = Put() }\n\nfunc BenchmarkGet(b *testing.B) { Get() }\n',
  "user/user.go": 'package user\n\nimport "app/store"\n\nfunc Name() int { return store.Get() }\n',
  "user/user_test.go":
    'package user\n\nimport "testing"\n\nfunc TestName(t *testing.T) { Name() }\n',
  "calc/calc.go": "package calc\n\nfunc Add() {}\n",
  "calc/calc_test.go": 'package calc\n\nimport "testing"\n\nfunc TestAdd(t *testing.T) { Add() }\n',
};

const packages: readonly TestPackage[] = [
  pack("app/store", ["app/store"]),
  pack("app/user", ["app/user", "app/store"]),
  pack("app/calc", ["app/calc"]),
  { ...pack("app", []), testFiles: [] },
];

function pack(path: string, links: readonly string[]): TestPackage {
  const files = { goFiles: [], testFiles: [], otherFiles: [], otherTestFiles: [] };
  return { path, dir: `/${path}`, ...files, links, asked: true, broken: null };
}

function printsOf(sources: Sources, data: Sources = {}): Prints {
  const prints = new Map<string, PackagePrint>();
  for (const { path } of packages) {
    const dir = path.slice(4);
    const files = Object.entries(sources).filter(([name]) => name.startsWith(`${dir}/`));
    const go = files.filter(([name]) => !name.endsWith("_test.go"));
    const tests = files.filter(([name]) => name.endsWith("_test.go"));
    prints.set(path, {
      go: new Map(go.map(([name, text]) => [name, filePrint(text, false)])),
      test: new Map(tests.map(([name, text]) => [name, filePrint(text, true)])),
      other: new Map(),
      otherTest: new Map(),
      testdata: new Map(Object.entries(data).filter(([name]) => name.startsWith(`${dir}/`))),
      spawns: false,
    });
  }
  return prints;
}

/** Which functions each test reaches in `base`. */
const reached: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  TestGet: [["app/store", "Get"]],
  TestPut: [["app/store", "Put"]],
  TestName: [
    ["app/user", "Name"],
    ["app/store", "Get"],
  ],
  TestAdd: [["app/calc", "Add"]],
};

function memoriesOf(
  prints: Prints,
  change: (name: string, memory: TestMemory) => TestMemory,
): Memories {
  return new Map(
    packages.map((one) => [
      one.path,
      new Map(
        [...testsOf(prints.get(one.path)).keys()].map((name) => {
          const functions: Record<string, Record<string, string>> = {};
          for (const [path, key] of reached[name] ?? []) {
            const digest = goFunctions(prints.get(path)).get(key)?.digest ?? "";
            functions[path] = { ...functions[path], [key]: digest };
          }
          const own = ownOf(name, prints.get(one.path));
          const reach: Reach = { world: worldOf(one, prints), own, functions, files: {} };
          return [name, change(name, { ok: true, whole: wholeOf(one, prints), reach })];
        }),
      ),
    ]),
  );
}

interface Case {
  readonly edit?: Sources;
  readonly data?: Sources;
  readonly memory?: (name: string, memory: TestMemory) => TestMemory;
  readonly what?: "affected" | "failed" | "all";
  readonly since?: boolean;
  readonly rules?: readonly { readonly rule: string; readonly pattern: string }[];
  readonly files?: ReadonlyMap<string, string>;
  readonly measured?: boolean;
}

function check(given: Case, expected: readonly string[], compiled: readonly string[] = []): void {
  const before = printsOf(base);
  const selection = selectTests({
    packages,
    before,
    now: printsOf({ ...base, ...given.edit }, given.data),
    since: given.since ?? false,
    memories: memoriesOf(before, given.memory ?? ((_, memory) => memory)),
    what: given.what ?? "affected",
    rules: given.rules ?? [],
    files: given.files ?? new Map(),
    measured: given.measured ?? false,
  });
  const told = selection.tests.map(({ name, reason }) => {
    const part =
      "part" in reason ? ` ${reason.part}` : "function" in reason ? ` ${reason.function}` : "";
    return `${name}: ${reason.type}${part}`;
  });
  assert.deepEqual(told, expected);
  assert.deepEqual(selection.compiled, compiled);
}

const editOf = (file: string, from: string, to: string): Sources => {
  const text = base[file] ?? "";
  assert.ok(text.includes(from), `${file} has no ${from}`);
  return { [file]: text.replace(from, to) };
};

const unknown = (): TestMemory => ({ ok: null, whole: "", reach: null });

test("nothing runs where nothing has changed", () => {
  check({}, []);
  check({ edit: editOf("store/store.go", "type Kind", "// Kind is.\ntype Kind") }, []);
  check({ memory: unknown }, []);
});

test("a body of a function concerns the tests that have reached it", () => {
  check({ edit: editOf("store/store.go", "return 1", "return 7") }, [
    "TestGet: reached Get",
    "TestName: reached Get",
  ]);
  check({ edit: editOf("store/store.go", "return 2", "return 7") }, ["TestPut: reached Put"]);
  check({ edit: editOf("user/user.go", "return store.Get()", "return 1") }, [
    "TestName: reached Name",
  ]);
});

test("what is not known for sure runs, and why is said", () => {
  const all = ["TestGet", "TestPut", "TestName"];
  const wide = (part: string): readonly string[] => all.map((name) => `${name}: wide ${part}`);
  check({ edit: editOf("store/store.go", "Kind int", "Kind uint") }, wide("type Kind"));
  check({ edit: editOf("store/store.go", "func Get", "func init() {}\n\nfunc Get") }, wide("init"));
  check(
    { edit: editOf("store/store.go", "func Put()", "func Put(n int)") },
    wide("Put (signature)"),
  );
  check(
    { edit: editOf("store/store.go", "func Get", "func New() {}\n\nfunc Get") },
    wide("New (signature)"),
  );
  const imports = "imports and build constraints of store.go";
  check(
    { edit: editOf("store/store.go", "package store", "//go:build linux\n\npackage store") },
    wide(imports),
  );
  check(
    { edit: { "store/more.go": "package store\n" } },
    wide(imports.replace("store.go", "more.go")),
  );
  const edit = editOf("store/store.go", "return 2", "return 7");
  check(
    { edit, memory: unknown },
    all.map((name) => `${name}: unrecorded`),
  );
});

const both = (part: string): readonly string[] => [
  `TestGet: wide ${part}`,
  `TestPut: wide ${part}`,
];

test("a test file concerns its own tests, as far as can be seen", () => {
  const file = "store/store_test.go";
  check({ edit: editOf(file, "_ = Put()", "_ = Put() + 1") }, ["TestPut: own TestPut"]);
  check({ edit: editOf(file, "_ = ok", "_ = !ok") }, ["TestGet: own deep"]);
  check({ edit: editOf(file, "limit = 3", "limit = 4") }, both("var limit"));
  check(
    { edit: editOf(file, "var limit", "func TestMain(m *testing.M) {}\n\nvar limit") },
    both("TestMain"),
  );
  check({ edit: editOf(file, "var limit", "func TestNew(t *testing.T) {}\n\nvar limit") }, [
    "TestNew: own TestNew",
  ]);
  check({ edit: editOf(file, "{ Get() }", "{ Put() }") }, [], ["app/store"]);
});

const opened = (name: string, memory: TestMemory): TestMemory =>
  name === "TestPut" && memory.reach !== null
    ? { ...memory, reach: { ...memory.reach, files: { "/a.txt": "1" } } }
    : memory;
check({ memory: opened, files: new Map([["/a.txt", "1"]]) }, []);

const own = (prints: Prints): string => ownOf("TestGet", prints.get("app/store"));

test("a name that is in the package and in its _test package counts for both", () => {
  const outside = 'package store_test\n\nimport "testing"\n\nfunc deep(t *testing.T, ok bool) {}\n';
  const more = { "store/more_test.go": outside };
  const before = printsOf({ ...base, ...more });
  const now = printsOf({ ...base, "store/more_test.go": outside.replace("{}", "{ _ = 1 }") });
  assert.notEqual(own(before), own(now));
  assert.notEqual(
    own(before),
    own(printsOf({ ...base, ...editOf("store/store_test.go", "_ = ok", "_ = !ok"), ...more })),
  );
});

test("testdata without a record concerns the package, a file that was opened those who did", () => {
  const data = { "store/testdata/a.txt": "1" };
  check({ data, memory: unknown }, ["TestGet: wide a.txt", "TestPut: wide a.txt"]);
  // It was not there when they were recorded, and nobody has asked for it.
  check({ data }, [], ["app/store"]);
  check({ memory: opened, files: new Map([["/a.txt", "2"]]) }, ["TestPut: file"]);
  check({ memory: opened, files: new Map() }, ["TestPut: file"]);
});

const failed = (name: string, memory: TestMemory): TestMemory =>
  name === "TestAdd" ? { ...memory, ok: false, whole: "" } : memory;

test("what failed runs first, and until it is good", () => {
  check({ memory: failed }, ["TestAdd: failed"]);
  check({ memory: failed, edit: editOf("store/store.go", "return 2", "return 7") }, [
    "TestAdd: failed",
    "TestPut: reached Put",
  ]);
  check({ memory: failed, what: "failed" }, ["TestAdd: failed"]);
  check({ what: "failed" }, []);
});

test("all are all, and rules choose by names", () => {
  const names = ["TestGet", "TestPut", "TestName", "TestAdd"];
  check(
    { what: "all" },
    names.map((name) => `${name}: asked`),
  );
  check({ rules: [{ rule: "sql/**", pattern: "^Test(Put|Add)$" }] }, [
    "TestPut: rule",
    "TestAdd: rule",
  ]);
});

test("what was good in this state does not run, but where a difference is asked for", () => {
  const edit = editOf("store/store.go", "return 2", "return 7");
  const now = printsOf({ ...base, ...edit });
  const good = (name: string, memory: TestMemory): TestMemory => {
    const one = packages.find(({ path }) => testsOf(now.get(path)).has(name));
    return one === undefined ? memory : { ok: true, whole: wholeOf(one, now), reach: null };
  };
  check({ edit, memory: good }, [], ["app/store"]);
  check({ edit, memory: good, since: true }, [
    "TestGet: unrecorded",
    "TestPut: unrecorded",
    "TestName: unrecorded",
  ]);
  check({ edit, since: true }, ["TestPut: reached Put"]);
});

test("where coverage is measured all tests of a changed package run", () => {
  check({ edit: editOf("store/store.go", "return 2", "return 7"), measured: true }, [
    "TestGet: measured",
    "TestPut: reached Put",
  ]);
});

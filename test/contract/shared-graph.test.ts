import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { openGraphLoader } from "../../src/adapters/go/graph.ts";
import { SharedGraph } from "../../src/adapters/go/shared-graph.ts";
import { findGo } from "../../src/adapters/go/toolchain.ts";
import type { Processes } from "../../src/engine/processes.ts";
import { simpleProcesses } from "../world/simple-processes.ts";
import { goEnv, tempFiles } from "../world/temp-module.ts";
import type { Files } from "../world/temp-module.ts";

const main = (...imports: readonly string[]): string =>
  `package main\n${imports.map((name) => `import _ "${name}"\n`).join("")}func main() {}\n`;

const workspace: Files = {
  "go.work": "go 1.21\nuse (\n ./a\n ./b\n ./shared\n)\n",
  "a/go.mod": "module example.com/a\n\ngo 1.21\n",
  "a/main.go": main("example.com/shared/words", "net/http"),
  "a/main_windows.go": "package main\n",
  "b/go.mod": "module example.com/b\n\ngo 1.21\n",
  "b/main.go": `${main("embed", "example.com/b/own")}\n//go:embed *.txt\nvar text string\n`,
  "b/text.txt": "text",
  "b/own/own.go": 'package own\n\nimport _ "example.com/shared/deep"\n',
  "shared/go.mod": "module example.com/shared\n\ngo 1.21\n",
  "shared/words/words.go": 'package words\n\nimport _ "example.com/shared/deep"\n',
  "shared/deep/deep.go": "package deep\n",
  "shared/unused/unused.go": "package unused\n",
};

/** The graphs of these packages by one list are those of a list for each; returns how many lists. */
async function check(t: TestContext, files: Files, mains: readonly string[]): Promise<number> {
  const dir = await tempFiles(t, files);
  const env = goEnv();
  const go = await findGo(env, process.platform);
  assert.ok(typeof go === "string");
  let lists = 0;
  const real = simpleProcesses();
  const counted: Processes = {
    ...real,
    capabilities: real.capabilities,
    spawn: (spec, sink) => {
      if (spec.argv.includes("list")) lists += 1;
      return real.spawn(spec, sink);
    },
  };
  const options = { go, dir, flags: [], env: async () => env };
  const shared = new SharedGraph({ ...options, processes: counted });
  const { signal } = new AbortController();
  const together = await Promise.all(mains.map((one) => shared.loader(one).load(signal)));
  const alone = await Promise.all(
    mains.map((one) => openGraphLoader({ ...options, processes: real, package: one }).load(signal)),
  );
  for (const [index, one] of alone.entries()) {
    assert.deepEqual(sorted(together[index]), sorted(one), mains[index]);
  }
  return lists;
}

/** A list of several packages may come in another order. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      Array.isArray(one) ? one.map((item) => JSON.stringify(item)).toSorted() : one,
    ]),
  );
}

test("one list gives each program what it imports, and nothing of the others'", async (t) => {
  assert.equal(await check(t, workspace, ["./a", "./b"]), 1);
  assert.equal(await check(t, workspace, ["./b", "./a", "./b"]), 1);
  assert.equal(await check(t, workspace, ["./a"]), 1);
});

test("a program that is broken does not take the others' graphs", async (t) => {
  const broken = {
    ...workspace,
    "a/main.go": main("example.com/shared/words", "example.com/nowhere"),
    "b/own/own.go": "package own\n\nimport (\n",
  };
  assert.equal(await check(t, broken, ["./a", "./b"]), 1);
});

test("vendored packages and import cycles come out alike", async (t) => {
  await check(
    t,
    {
      "go.mod": "module example.com/m\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n",
      "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit; go 1.21\nexample.com/dep\n",
      "vendor/example.com/dep/dep.go": "package dep\n",
      "cmd/a/main.go": main("example.com/dep"),
      "cmd/b/main.go": main("example.com/m/x"),
      "x/x.go": 'package x\n\nimport _ "example.com/m/y"\n',
      "y/y.go": 'package y\n\nimport _ "example.com/m/x"\n',
    },
    ["./cmd/a", "./cmd/b"],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { hasProc } from "./census.ts";
import { Gust } from "./gust.ts";
import { type Files, Project } from "./project.ts";

/* A linker that waits is a child that nobody sees: it must be used, and never be left. */

const options = { skip: !hasProc };

/** Pids of linkers that wait. */
const linkersOf = (gust: Gust): readonly number[] =>
  [...gust.processes()].filter(([, line]) => line.includes("/linker/go")).map(([pid]) => pid);

async function waiting(gust: Gust): Promise<void> {
  await gust.next("live");
  const { outcome } = await gust.next("linker");
  assert.deepEqual(outcome, { type: "preloaded" });
}

const service = (word: string): string => `package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("${word}")) })
	if err := http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil); err != nil {
		panic(err)
	}
}
`;
const files: Files = {
  "go.mod": "module example.com/shop\n\ngo 1.21\n",
  "main.go": service("one"),
};

test(
  "a save is linked by the linker that waits, and the next one waits for the next",
  options,
  async (t) => {
    const project = await Project.create(t, null, files);
    const gust = await Gust.start(project);
    await waiting(gust);
    const [first] = linkersOf(gust);
    assert.ok(first !== undefined);
    await project.save("main.go", service("two"));
    const { route } = await gust.next("built");
    assert.deepEqual(route, { type: "direct", packages: 1, preloaded: true });
    await gust.answers("two");
    // When it is looked at what was built, the next linker waits.
    assert.equal(
      (await gust.next("prepared", ({ outcome }) => outcome.type === "checked")).type,
      "prepared",
    );
    const [second, ...others] = linkersOf(gust);
    assert.ok(second !== undefined && second !== first && others.length === 0);
    await project.save("main.go", service("three"));
    assert.deepEqual((await gust.next("built")).route, {
      type: "direct",
      packages: 1,
      preloaded: true,
    });
    await gust.answers("three");
    await gust.stop();
  },
);

test("with `preload = false` none waits, and it says so", options, async (t) => {
  const project = await Project.create(t, null, {
    ...files,
    "gust.toml": "[build]\npreload = false\n",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  const { outcome } = await gust.next("linker");
  assert.deepEqual(outcome, { type: "not-preloaded", reason: "build.preload is false" });
  assert.deepEqual(linkersOf(gust), []);
  await project.save("gust.toml", "");
  assert.deepEqual((await gust.next("linker")).outcome, { type: "preloaded" });
  await project.save("gust.toml", "[build]\npreload = false\n");
  assert.equal((await gust.next("linker")).outcome.type, "not-preloaded");
  assert.deepEqual(linkersOf(gust), []);
  await gust.stop();
});

test("a gust that is killed leaves no linker", options, async (t) => {
  const gust = await Gust.start(await Project.create(t, null, files));
  await waiting(gust);
  assert.equal(linkersOf(gust).length, 1);
  process.kill(gust.pid, "SIGKILL");
  await gust.allGone();
});

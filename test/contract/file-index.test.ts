import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fileClock } from "../../src/adapters/files/file-clock.ts";
import { type FileIndexOptions, openFileIndex } from "../../src/adapters/files/open-file-index.ts";
import type { FileFact } from "../../src/core/facts.ts";
import type { FileIndex } from "../../src/engine/ports.ts";

const options = { timeout: 120_000 };
const goSource = 'package a\n\nimport "fmt"\n\nfunc f() { fmt.Println(1) }\n';

test("the first look at a file counts as a change, the second does not", options, async (t) => {
  const { index, write, look } = open(t);
  const path = write("a.txt", "one");
  await index.rescan();
  assert.deepEqual(await look(write("a.txt", "two")), ["a.txt modified"]);
  assert.deepEqual(await look(path), ["a.txt unchanged"]);
});

test("a file that was there before counts as modified until it was read", options, async (t) => {
  const { look, path, known } = open(t, { files: { "a.txt": "one" } });
  await known();
  assert.deepEqual(await look(path("a.txt")), ["a.txt modified"]);
  assert.deepEqual(await look(path("a.txt")), ["a.txt unchanged"]);
});

test("touch, chmod and a rewrite of the same bytes change nothing", options, async (t) => {
  const { look, path, write } = await openKnown(t, { "a.txt": "one" });
  utimesSync(path("a.txt"), 1, 1);
  assert.deepEqual(await look(path("a.txt")), ["a.txt unchanged"]);
  chmodSync(path("a.txt"), 0o600);
  assert.deepEqual(await look(path("a.txt")), ["a.txt unchanged"]);
  write("a.txt", "one");
  assert.deepEqual(await look(path("a.txt")), ["a.txt unchanged"]);
});

test("an atomic save of other bytes is a change, of the same bytes none", options, async (t) => {
  const { look, path, write } = await openKnown(t, { "a.txt": "one" });
  renameSync(write("a.txt~", "one"), path("a.txt"));
  assert.deepEqual(await look(path("a.txt"), path("a.txt~")), ["a.txt unchanged"]);
  renameSync(write("a.txt~", "two"), path("a.txt"));
  assert.deepEqual(await look(path("a.txt"), path("a.txt~")), ["a.txt modified"]);
});

test("every one of many saves within a moment is seen", options, async (t) => {
  const { look, path, write } = await openKnown(t, { "a.txt": "0" });
  for (let save = 1; save <= 200; save += 1) {
    write("a.txt", String(save % 10));
    assert.deepEqual(await look(path("a.txt")), ["a.txt modified"]);
  }
});

test("truncating is a change, and writing the old bytes again is another", options, async (t) => {
  const { look, path, write } = await openKnown(t, { "a.txt": "one" });
  write("a.txt", "");
  assert.deepEqual(await look(path("a.txt")), ["a.txt modified"]);
  write("a.txt", "one");
  assert.deepEqual(await look(path("a.txt")), ["a.txt modified"]);
});

test("created, removed and created again are told apart", options, async (t) => {
  const { look, path, write } = await openKnown(t, { "a.txt": "one" });
  assert.deepEqual(await look(write("b.txt", "x")), ["b.txt created"]);
  unlinkSync(path("b.txt"));
  assert.deepEqual(await look(path("b.txt")), ["b.txt removed"]);
  assert.deepEqual(await look(path("b.txt")), []);
  write("b.txt", "x");
  assert.deepEqual(await look(path("b.txt")), ["b.txt created"]);
});

test("a file in a new directory is created", options, async (t) => {
  const { look, write } = await openKnown(t, { "a.txt": "one" });
  assert.deepEqual(await look(write("new/deep/b.txt", "x"), write("new/c.txt", "x")), [
    "new/deep/b.txt created",
    "new/c.txt created",
  ]);
  assert.deepEqual(await look(write("new/deep/d.txt", "x")), ["new/deep/d.txt created"]);
});

test("a file that never was, a directory and a pipe are no facts", options, async (t) => {
  const { look, path } = await openKnown(t, { "a/b.txt": "one" });
  execFileSync("mkfifo", [path("pipe")]);
  symlinkSync("nowhere", path(".#a.txt"));
  assert.deepEqual(await look(path("none"), path("a"), path("pipe"), path(".#a.txt")), []);
});

test("a file that becomes a directory is removed", options, async (t) => {
  const { look, path } = await openKnown(t, { a: "one" });
  unlinkSync(path("a"));
  mkdirSync(path("a"));
  assert.deepEqual(await look(path("a")), ["a removed"]);
});

test("a link is what it leads to", options, async (t) => {
  const { look, path, write } = await openKnown(t, { "a.txt": "one", "b.txt": "one" });
  symlinkSync("a.txt", path("link"));
  assert.deepEqual(await look(path("link")), ["link created"]);
  write("a.txt", "two");
  assert.deepEqual(await look(path("link")), ["link modified"]);
});

test("a large file is compared too", options, async (t) => {
  const { look, path } = await openKnown(t, { big: "x".repeat(3_000_000) });
  utimesSync(path("big"), 1, 1);
  assert.deepEqual(await look(path("big")), ["big unchanged"]);
  appendFileSync(path("big"), "y");
  assert.deepEqual(await look(path("big")), ["big modified"]);
});

test("what came or changed after the opening is not taken for known", options, async (t) => {
  const { path: old } = open(t, { files: { "old.txt": "one" } });
  const born = statSync(old("old.txt")).birthtimeMs;
  // Time passes by writing, as the times of a file cannot be set to what is wanted.
  while (statSync(old("old.txt")).ctimeMs < born + 100) writeFileSync(old("old.txt"), "two");
  const root = dirname(old("old.txt"));
  writeFileSync(join(root, "new.txt"), "two");
  const settings = { roots: [root], skipDir: () => false, gitIgnore: null };
  const paths = [old("old.txt"), old("new.txt")];
  for (const [openedAt, ...expected] of [
    [born + 50, "modified", "created"],
    [Date.now() + 2_001, "unchanged", "unchanged"],
  ] as const) {
    const index = openFileIndex({ ...settings, openedAt });
    index.prime(paths);
    await index.primed();
    assert.deepEqual(
      (await index.examine(paths)).map((fact) => fact.change),
      expected,
    );
  }
});

test("a file that was named and is gone is removed", options, async (t) => {
  const { index, look, path } = open(t, { files: { "a.txt": "one" } });
  index.prime([path("a.txt")]);
  unlinkSync(path("a.txt"));
  assert.deepEqual(await look(path("a.txt")), ["a.txt removed"]);
});

test("a save while the files are read for the first time is never missed", options, async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [`d${n % 7}/f${n}.txt`, "before"]),
  );
  // The moment of opening must be the real one: what is written later has to be told from it.
  const { index, look, path, write } = open(t, { files, opened: "now" });
  const names = Object.keys(files);
  index.prime(names.map((name) => path(name)));
  for (const name of names) {
    // A file of the very moment of opening may as well have come after it.
    const [fact = ""] = await look(write(name, "after"));
    assert.match(fact, /(?:modified|created)$/);
  }
});

test("calls are answered in order, each with the state of its time", options, async (t) => {
  const { index, path, write } = await openKnown(t, { "a.txt": "one" });
  write("a.txt", "two");
  const answers: string[] = [];
  const note = (name: string) => (facts: readonly FileFact[]) => {
    answers.push(`${name} ${facts.map((fact) => fact.change).join()}`);
  };
  await Promise.all([
    index.examine([path("a.txt")]).then(note("first")),
    index.rescan().then(note("second")),
    index.examine([path("a.txt")]).then(note("third")),
  ]);
  assert.deepEqual(answers, ["first modified", "second ", "third unchanged"]);
});

test("a rescan finds what came, went and changed, and nothing else", options, async (t) => {
  const { index, path, write, facts } = await openKnown(t, {
    "same.txt": "one",
    "touched.txt": "one",
    "changed.txt": "one",
    "gone/away.txt": "one",
  });
  assert.deepEqual(await index.rescan(), []);
  utimesSync(path("touched.txt"), 1, 1);
  write("changed.txt", "two");
  rmSync(path("gone"), { recursive: true });
  write("new/deep/n.txt", "x");
  write("skipped/x.txt", "one");
  assert.deepEqual(facts(await index.rescan()).toSorted(), [
    "changed.txt modified",
    "gone/away.txt removed",
    "new/deep/n.txt created",
  ]);
  assert.deepEqual(await index.rescan(), []);
});

test("a rescan sees a change that keeps size and times", options, async (t) => {
  const { index, path, write, facts } = await openKnown(t, { "a.txt": "one" });
  for (let save = 0; save < 50; save += 1) {
    await index.examine([write("a.txt", `${save % 2}`)]);
    write("a.txt", `${(save + 1) % 2}`);
    assert.deepEqual(facts(await index.rescan()), ["a.txt modified"], `save ${save}`);
  }
  assert.equal(statSync(path("a.txt")).size, 1);
});

test("a rescan finds a change of files that were never read", options, async (t) => {
  const { index, known, write, facts } = open(t, { files: { "a.txt": "one", "b.txt": "one" } });
  await known();
  write("a.txt", "two");
  assert.deepEqual(facts(await index.rescan()), ["a.txt modified"]);
});

test("a moved-in tree is found by a rescan, however old its files are", options, async (t) => {
  const { index, path, facts } = await openKnown(t, { "a.txt": "one" });
  const outside = tempDir(t);
  mkdirSync(join(outside, "tree"));
  writeFileSync(join(outside, "tree/x.txt"), "x");
  utimesSync(join(outside, "tree/x.txt"), 1, 1);
  renameSync(join(outside, "tree"), path("tree"));
  assert.deepEqual(facts(await index.rescan()), ["tree/x.txt created"]);
});

test("directories outside of the roots are known by their files", options, async (t) => {
  const outside = tempDir(t);
  for (const name of ["a.go", "b.go"]) writeFileSync(join(outside, name), goSource);
  const { index, known } = open(t);
  index.prime([join(outside, "a.go")]);
  await known();
  writeFileSync(join(outside, "c.go"), goSource);
  const changes = async (name: string): Promise<string[]> =>
    (await index.examine([join(outside, name)])).map((fact) => fact.change);
  assert.deepEqual(await changes("c.go"), ["created"]);
  assert.deepEqual(await changes("b.go"), ["modified"]);
  writeFileSync(join(outside, "d.go"), goSource);
  assert.deepEqual(
    (await index.rescan()).map((fact) => [fact.path, fact.change]),
    [[join(outside, "d.go"), "created"]],
  );
});

test("Go files tell whether their header changed", options, async (t) => {
  const { index, path, write } = await openKnown(t, { "a.go": goSource });
  const look = async (source: string | null): Promise<Partial<FileFact> | undefined> => {
    if (source === null) unlinkSync(path("a.go"));
    else write("a.go", source);
    const [fact] = await index.examine([path("a.go")]);
    // What the change means has a test of its own.
    const { sameMeaning: _, edits: __, ...rest } = fact ?? {};
    return fact && { ...rest, path: "a.go" };
  };
  const base = { path: "a.go", ignored: false, generated: false };
  const body = goSource.replace("1", "2");
  const header = body.replace('"fmt"', 'f "fmt"');
  const made = `// Code generated by x. DO NOT EDIT.\n\n${header}`;
  assert.deepEqual(await look(goSource), { ...base, change: "unchanged", headerChanged: false });
  assert.deepEqual(await look(body), { ...base, change: "modified", headerChanged: false });
  assert.deepEqual(await look(header), { ...base, change: "modified", headerChanged: true });
  assert.deepEqual(await look(made), {
    ...base,
    change: "modified",
    headerChanged: false,
    generated: true,
  });
  assert.deepEqual(await look(null), {
    path: "a.go",
    ignored: false,
    change: "removed",
    headerChanged: true,
  });
  assert.deepEqual(await look(header), { ...base, change: "created", headerChanged: true });
});

test(
  "Go files tell whether a compiler would see a change, and in which declarations",
  options,
  async (t) => {
    const { index, path, write } = await openKnown(t, { "a.go": goSource });
    const look = async (source: string): Promise<Pick<FileFact, "sameMeaning" | "edits">> => {
      write("a.go", source);
      const [fact] = await index.examine([path("a.go")]);
      const { sameMeaning, edits } = fact ?? {};
      // The core forgets the digests as soon as it has looked for what was moved.
      const told = edits?.map((one) => {
        const { digest: _, ...edit } = one;
        return edit;
      });
      return { ...(sameMeaning && { sameMeaning }), ...(told && { edits: told }) };
    };
    const changed = goSource.replace("1", "2");
    assert.deepEqual(await look(goSource), {});
    assert.deepEqual(await look(`// A comment.\n${goSource}`), { sameMeaning: true });
    assert.deepEqual(await look(changed), { edits: [{ edit: "changed", name: "f" }] });
    assert.deepEqual(await look(`${changed}\nvar a int\n`), {
      edits: [{ edit: "added", name: "var a" }],
    });
    // C code is in comments: nobody knows.
    assert.deepEqual(await look(`${changed}\n\nimport "C"\n`), {});
    assert.deepEqual(await look(changed), {});
  },
);

test("a file that cannot be read any more is modified", options, async (t) => {
  const { look, path } = await openKnown(t, { "a.go": goSource });
  chmodSync(dirname(path("a.go")), 0o755);
  chmodSync(path("a.go"), 0);
  const isRoot = process.getuid?.() === 0;
  try {
    if (isRoot) process.seteuid?.(65_534);
    assert.deepEqual(await look(path("a.go")), ["a.go modified"]);
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

interface World {
  readonly index: FileIndex;
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => string;
  /** Examines, and puts the facts into words with paths relative to the root. */
  readonly look: (...paths: readonly string[]) => Promise<string[]>;
  readonly facts: (facts: readonly FileFact[]) => string[];
  /** Resolves when the directories are listed; changes nothing when nothing changed. */
  readonly known: () => Promise<void>;
}

interface Start {
  /** Without it the files count as known long before. */
  readonly opened?: "now";
  readonly files?: Readonly<Record<string, string>>;
  readonly openedAt?: number;
}

/** Opens an index as if the files had been there for long, unless `openedAt` says otherwise. */
function open(t: TestContext, start: Start = {}): World {
  const root = tempDir(t);
  const path = (name: string): string => join(root, name);
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  for (const [name, text] of Object.entries(start.files ?? {})) write(name, text);
  const settings: FileIndexOptions = {
    roots: [root],
    skipDir: (dir) => dir.endsWith("/skipped"),
    gitIgnore: null,
    openedAt:
      start.opened === "now"
        ? fileClock()
        : (start.openedAt ?? newestChange(root, Object.keys(start.files ?? {})) + 2_001),
  };
  const index = openFileIndex(settings);
  const facts = (list: readonly FileFact[]): string[] =>
    list.map((fact) => `${fact.path.slice(root.length + 1)} ${fact.change}`);
  return {
    index,
    path,
    write,
    facts,
    look: async (...paths) => facts(await index.examine(paths)),
    known: async () => {
      await index.rescan();
    },
  };
}

/** Opens an index in which all files are known with their content. */
async function openKnown(t: TestContext, files: Readonly<Record<string, string>>): Promise<World> {
  const world = open(t, { files });
  await world.known();
  await world.index.examine(Object.keys(files).map((name) => world.path(name)));
  return world;
}

function newestChange(root: string, names: readonly string[]): number {
  return Math.max(Date.now(), ...names.map((name) => statSync(join(root, name)).ctimeMs));
}

function tempDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "gust-test-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

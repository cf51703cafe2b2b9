import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inotifyWatches, openWorld, tempDir } from "./watcher-kit.ts";

const options = { timeout: 120_000 };
const modes = [
  { name: "events", poll: "never" },
  { name: "polling", poll: "always" },
] as const;

for (const { name: mode, poll } of modes) {
  test(`with ${mode} the report says what is done`, options, async (t) => {
    const { report } = await openWorld(t, ["a/b/c/x.go", "y.go"], { poll });
    assert.equal(report.mode, mode);
    assert.equal(report.directories, 4);
    assert.deepEqual(report.failures, []);
  });

  test(`with ${mode} a file that is truncated and written is reported`, options, async (t) => {
    const { sink, path } = await openWorld(t, ["pkg/a.go", "pkg/b.go"], { poll });
    writeFileSync(path("pkg/a.go"), "other text");
    await sink.seen(path("pkg/a.go"));
    // A poller reports new files twice, as their times cannot tell one change from two.
    if (mode === "events") assert.deepEqual([...sink.paths], [path("pkg/a.go")]);
  });

  test(`with ${mode} atomic saves are reported one after the other`, options, async (t) => {
    const { sink, path, write } = await openWorld(t, ["a.go"], { poll });
    for (let round = 0; round < 5; round += 1) {
      sink.forget();
      renameSync(write(".a.go.tmp", `round ${round}`), path("a.go"));
      await sink.seen(path("a.go"));
      sink.forget();
      appendFileSync(path("a.go"), "more");
      await sink.seen(path("a.go"));
    }
  });

  test(`with ${mode} touch and chmod are events like any other`, options, async (t) => {
    const { sink, path } = await openWorld(t, ["a.go", "b.go"], { poll });
    utimesSync(path("a.go"), 1, 1);
    await sink.seen(path("a.go"));
    chmodSync(path("b.go"), 0o600);
    await sink.seen(path("b.go"));
  });

  test(`with ${mode} a removed file is reported, and its successor too`, options, async (t) => {
    const { sink, path, write } = await openWorld(t, ["a.go"], { poll });
    unlinkSync(path("a.go"));
    await sink.seen(path("a.go"));
    sink.forget();
    write("a.go");
    await sink.seen(path("a.go"));
  });

  test(`with ${mode} files in nested new directories are found`, options, async (t) => {
    const { sink, write } = await openWorld(t, [], { poll });
    for (let round = 0; round < 10; round += 1) {
      const path = write(`new${round}/b/c/d.go`);
      await sink.seen(path);
      sink.forget();
      appendFileSync(path, "later");
      await sink.seen(path);
    }
  });

  test(`with ${mode} a moved-in tree is read and watched`, options, async (t) => {
    const { sink, path } = await openWorld(t, ["main.go"], { poll });
    const outside = tempDir(t);
    mkdirSync(join(outside, "tree/deep"), { recursive: true });
    writeFileSync(join(outside, "tree/deep/x.go"), "x");
    renameSync(join(outside, "tree"), path("tree"));
    await sink.seen(path("tree/deep/x.go"));
    sink.forget();
    appendFileSync(path("tree/deep/x.go"), "later");
    await sink.seen(path("tree/deep/x.go"));
  });

  test(`with ${mode} the files of a moved-away tree are reported`, options, async (t) => {
    const { sink, path } = await openWorld(t, ["tree/x.go", "tree/deep/y.go"], { poll });
    const outside = tempDir(t);
    renameSync(path("tree"), join(outside, "tree"));
    await sink.seen(path("tree/x.go"), path("tree/deep/y.go"));
  });

  test(`with ${mode} a renamed directory is known by its new name only`, options, async (t) => {
    const { sink, path, settled } = await openWorld(t, ["old/x.go", "old/in/y.go"], { poll });
    renameSync(path("old"), path("new"));
    await sink.seen(path("old/x.go"), path("old/in/y.go"), path("new/x.go"), path("new/in/y.go"));
    sink.forget();
    appendFileSync(path("new/in/y.go"), "later");
    await sink.seen(path("new/in/y.go"));
    await settled("new/in");
    assert.ok(![...sink.paths].some((seen) => seen.startsWith(path("old"))));
  });

  test(`with ${mode} a directory replaced by another is reported whole`, options, async (t) => {
    const { sink, path } = await openWorld(t, ["a/1.go", "b/2.go"], { poll });
    renameSync(path("a"), path("c"));
    renameSync(path("b"), path("a"));
    await sink.seen(path("a/1.go"), path("a/2.go"), path("b/2.go"), path("c/1.go"));
  });

  test(`with ${mode} a removed and re-created directory is watched again`, options, async (t) => {
    const { sink, path, write } = await openWorld(t, ["pkg/in/x.go"], { poll });
    for (let round = 0; round < 5; round += 1) {
      sink.forget();
      rmSync(path("pkg"), { recursive: true });
      write("pkg/in/x.go", `round ${round}`);
      await sink.seen(path("pkg/in/x.go"));
      sink.forget();
      writeFileSync(path("pkg/in/x.go"), `round ${round}, again`);
      await sink.seen(path("pkg/in/x.go"));
    }
  });

  test(`with ${mode} a root that goes and comes back is watched again`, options, async (t) => {
    const { sink, root, path, write } = await openWorld(t, ["pkg/x.go"], { poll });
    rmSync(root, { recursive: true });
    await sink.seen(path("pkg/x.go"));
    sink.forget();
    write("pkg/x.go", "again");
    await sink.seen(path("pkg/x.go"));
    sink.forget();
    appendFileSync(path("pkg/x.go"), "later");
    await sink.seen(path("pkg/x.go"));
  });

  test(`with ${mode} a root is awaited that is not there at first`, options, async (t) => {
    const parent = tempDir(t);
    const root = join(parent, ".later");
    const { sink, write } = await openWorld(t, [], { poll, roots: [root] });
    await sink.seen(write("pkg/x.go"));
  });

  test(`with ${mode} a root moved by its parent is noticed`, options, async (t) => {
    const parent = tempDir(t);
    const root = join(parent, "group/root");
    const { sink, path } = await openWorld(t, ["x.go"], { poll, roots: [root] });
    renameSync(join(parent, "group"), join(parent, "elsewhere"));
    await sink.seen(path("x.go"));
    sink.forget();
    renameSync(join(parent, "elsewhere"), join(parent, "group"));
    await sink.seen(path("x.go"));
  });

  test(`with ${mode} skipped directories are silent`, options, async (t) => {
    const world = await openWorld(t, ["skipped/x.go", "a.go"], { poll });
    const { sink, path, write } = world;
    write("skipped/x.go", "changed");
    write("skipped/new/y.go");
    mkdirSync(path("pkg/skipped"), { recursive: true });
    write("pkg/skipped/z.go");
    await world.settled();
    await world.settled("pkg");
    assert.ok(![...sink.paths].some((seen) => seen.includes("skipped")));
  });

  test(`with ${mode} an extra directory is watched without those in it`, options, async (t) => {
    const extra = tempDir(t);
    mkdirSync(join(extra, "sub"));
    const { sink } = await openWorld(t, ["a.go"], { poll, extraDirs: [extra] });
    writeFileSync(join(extra, "sub/y.go"), "y");
    writeFileSync(join(extra, "x.go"), "x");
    await sink.seen(join(extra, "x.go"));
    assert.ok(!sink.paths.has(join(extra, "sub/y.go")));
  });

  test(`with ${mode} a directory that is skipped can be added`, options, async (t) => {
    const { sink, path, watcher } = await openWorld(t, ["skipped/x.go"], { poll });
    watcher.add([path("skipped")]);
    await sink.seen(path("skipped/x.go"));
    sink.forget();
    appendFileSync(path("skipped/x.go"), "later");
    await sink.seen(path("skipped/x.go"));
  });

  test(`with ${mode} git checkout of 2,000 files loses none`, options, async (t) => {
    const { sink, root, path } = await openGitWorld(t, poll);
    const names = Array.from({ length: 2_000 }, (_, n) => path(`d${n % 100}/f${n}.go`));
    git(root, "checkout", "-q", "other");
    await sink.seen(...names);
    sink.forget();
    git(root, "checkout", "-q", "empty");
    await sink.seen(...names);
    sink.forget();
    git(root, "checkout", "-q", "first");
    await sink.seen(...names);
  });

  test(`with ${mode} nothing is reported after close`, options, async (t) => {
    const { sink, path, write, watcher } = await openWorld(t, ["a.go"], { poll });
    write("a.go", "changed");
    await watcher.close();
    await watcher.close();
    sink.forget();
    const other = await openWorld(t, [], { poll, roots: [path()] });
    write("a.go", "changed again");
    await other.sink.seen(path("a.go"));
    assert.equal(sink.paths.size, 0);
  });

  test(`with ${mode} links to directories are followed when asked for`, options, async (t) => {
    const outside = tempDir(t);
    mkdirSync(join(outside, "in"));
    const root = tempDir(t);
    mkdirSync(join(root, "sub"));
    symlinkSync(outside, join(root, "link"));
    symlinkSync(root, join(root, "sub/cycle"));
    symlinkSync(join(root, "nowhere"), join(root, "broken"));
    const world = await openWorld(t, [], { poll, roots: [root], followSymlinks: true });
    writeFileSync(join(outside, "in/x.html"), "x");
    await world.sink.seen(join(root, "link/in/x.html"));
    assert.equal(world.report.directories, 4);
    const other = tempDir(t);
    writeFileSync(join(other, "y.html"), "y");
    symlinkSync(other, join(root, "late"));
    await world.sink.seen(join(root, "late/y.html"));
  });
}

test("links to directories are not followed by default", options, async (t) => {
  const outside = tempDir(t);
  const root = tempDir(t);
  symlinkSync(outside, join(root, "link"));
  const { sink, settled } = await openWorld(t, [], { roots: [root] });
  writeFileSync(join(outside, "x.html"), "x");
  await settled();
  assert.ok(!sink.paths.has(join(root, "link/x.html")));
});

test("a child with the name of the root does not make the root read again", options, async (t) => {
  const root = join(tempDir(t), "app");
  const { sink, path, write, settled } = await openWorld(t, ["x.go"], { roots: [root] });
  write("app");
  unlinkSync(path("app"));
  await settled();
  assert.ok(sink.paths.has(path("app")));
  assert.ok(!sink.paths.has(path("x.go")));
});

test("a burst of 20,000 files misses nothing, or says that it may have", options, async (t) => {
  const { sink, path } = await openWorld(t, ["first.go"], {});
  for (let dir = 0; dir < 20; dir += 1) {
    mkdirSync(path(`d${dir}`));
    for (let file = 0; file < 1_000; file += 1) writeFileSync(path(`d${dir}/f${file}`), "x");
  }
  await sink.until(() => sink.losses.length > 0 || sink.paths.size >= 20_000);
  writeFileSync(path("last.go"), "x");
  await sink.seen(path("last.go"));
});

test("an overflow of the system's queue is reported as a loss", options, async (t) => {
  const files = Array.from({ length: 20_000 }, (_, n) => `d${n % 10}/f${n}`);
  const { sink, path, write } = await openWorld(t, files, {});
  // The event loop is blocked meanwhile, so that the queue takes 16,384 events and no more.
  for (const file of files) write(file, "changed");
  await sink.until(() => sink.losses.length > 0);
  assert.ok(sink.paths.size < files.length, "the queue did not overflow: the test proves nothing");
  writeFileSync(path("d0/after"), "x");
  await sink.seen(path("d0/after"));
});

test("no watch is left after close", options, async (t) => {
  const before = inotifyWatches();
  const { watcher, report, path, write, sink } = await openWorld(t, ["a/b/c/d.go"], {});
  await sink.seen(write("new/dir/x.go"));
  rmSync(path("a"), { recursive: true });
  await sink.seen(path("a/b/c/d.go"));
  assert.equal(report.directories, 4);
  assert.equal(inotifyWatches(), before + 3);
  await watcher.close();
  assert.equal(inotifyWatches(), before);
});

test("removing and making directories again and again leaks no watch", options, async (t) => {
  const before = inotifyWatches();
  const { path, write, sink } = await openWorld(t, [], {});
  for (let round = 0; round < 30; round += 1) {
    const file = write(`a/b/x${round}`);
    await sink.seen(file);
    rmSync(path("a"), { recursive: true });
    await sink.until(() => inotifyWatches() === before + 1 || sink.paths.has(`${round}`));
    sink.forget();
    await sink.seen(write(`sentinel${round}`));
  }
  assert.equal(inotifyWatches(), before + 1);
});

type Poll = (typeof modes)[number]["poll"];

async function openGitWorld(
  t: Parameters<typeof openWorld>[0],
  poll: Poll,
): ReturnType<typeof openWorld> {
  const root = tempDir(t);
  git(root, "init", "-q", "-b", "empty");
  git(root, "commit", "-q", "--allow-empty", "-m", "empty");
  for (const branch of ["first", "other"]) {
    git(root, "checkout", "-q", "-b", branch);
    for (let n = 0; n < 2_000; n += 1) {
      mkdirSync(join(root, `d${n % 100}`), { recursive: true });
      writeFileSync(join(root, `d${n % 100}/f${n}.go`), branch);
    }
    git(root, "add", ".");
    git(root, "commit", "-q", "-m", branch);
  }
  git(root, "checkout", "-q", "first");
  assert.equal(readdirSync(root).length, 101);
  return openWorld(t, [], { poll, roots: [root], skipDir: (dir) => dir.endsWith("/.git") });
}

function git(dir: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
  execFileSync("git", [...identity, ...args], {
    cwd: dir,
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
    stdio: "ignore",
  });
}

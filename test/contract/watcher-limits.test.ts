import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  watch,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { WatchFunction, WatchListener } from "../../src/adapters/watch/source.ts";
import type { Failure } from "../../src/core/failure.ts";
import { openWorld, tempDir } from "./watcher-kit.ts";

const options = { timeout: 120_000 };

for (const code of ["ENOSPC", "EMFILE"]) {
  test(`directories are polled when the system gives no watch (${code})`, options, async (t) => {
    const limited = denyAfter(2, code);
    const files = ["a/x.go", "b/x.go", "c/d/x.go"];
    const { sink, report, path } = await openWorld(t, files, { poll: "auto", watch: limited });
    assert.equal(report.mode, "mixed");
    assert.equal(report.directories, 5);
    assert.match(report.reason ?? "", /3 of 5 directories/);
    assert.deepEqual(
      report.failures.map((failure) => failure.code),
      ["WATCH_LIMIT"],
    );
    for (const file of files) {
      appendFileSync(path(file), "changed");
      await sink.seen(path(file));
    }
    mkdirSync(path("c/d/new"));
    writeFileSync(path("c/d/new/y.go"), "y");
    await sink.seen(path("c/d/new/y.go"));
    sink.forget();
    renameSync(path("c"), path("e"));
    await sink.seen(path("c/d/new/y.go"), path("e/d/new/y.go"));
    rmSync(path("e"), { recursive: true });
    sink.forget();
    mkdirSync(path("e"));
    writeFileSync(path("e/z.go"), "z");
    await sink.seen(path("e/z.go"));
  });
}

test("without polling a missing watch is a failure", options, async (t) => {
  const { report, sink, path } = await openWorld(t, ["a/x.go"], {
    poll: "never",
    watch: denyAfter(1, "ENOSPC"),
  });
  assert.equal(report.mode, "events");
  assert.match(report.failures[0]?.message ?? "", /not watched/);
  writeFileSync(path("y.go"), "y");
  await sink.seen(path("y.go"));
});

test("an unreadable directory is a failure, and the others go on", options, async (t) => {
  const root = tempDir(t);
  chmodSync(root, 0o755);
  mkdirSync(join(root, "closed"));
  mkdirSync(join(root, "open"));
  writeFileSync(join(root, "closed/x.go"), "x");
  chmodSync(join(root, "closed"), 0);
  chmodSync(join(root, "open"), 0o777);
  asNobody(t);
  const warnings: string[] = [];
  const warn = ({ message }: Failure): void => void warnings.push(message);
  const { report, sink } = await openWorld(t, [], { roots: [root], warn });
  assert.deepEqual(
    report.failures.map(({ code, message }) => [code, message]),
    [["WATCH_UNREADABLE", `cannot watch ${join(root, "closed")} (EACCES)`]],
  );
  writeFileSync(join(root, "open/y.go"), "y");
  await sink.seen(join(root, "open/y.go"));
  assert.deepEqual(warnings, []);
  mkdirSync(join(root, "open/late"), { mode: 0 });
  writeFileSync(join(root, "open/z.go"), "z");
  await sink.seen(join(root, "open/z.go"));
  assert.deepEqual(warnings, [`cannot watch ${join(root, "open/late")} (EACCES)`]);
  asSelf();
  chmodSync(join(root, "closed"), 0o755);
  await sink.seen(join(root, "closed/x.go"));
});

test("a watch that fails later on is replaced by polling", options, async (t) => {
  const errors: ((error: Error) => void)[] = [];
  const fragile: WatchFunction = (dir, settings, listener) => {
    const watcher = watch(dir, settings, listener);
    return {
      close: () => watcher.close(),
      on: (_, callback) => errors.push(callback),
    };
  };
  const { sink, path } = await openWorld(t, ["a/x.go"], { poll: "auto", watch: fragile });
  for (const fail of errors) fail(new Error("gone"));
  appendFileSync(path("a/x.go"), "changed");
  await sink.seen(path("a/x.go"));
});

test("only the mounts without events are polled", options, async (t) => {
  const root = tempDir(t);
  mkdirSync(join(root, "host/pkg"), { recursive: true });
  const mountinfo = [
    "27 1 253:0 / / rw - ext4 /dev/vda rw",
    `28 27 0:40 / ${join(root, "host")} rw - virtiofs share rw`,
  ].join("\n");
  const world = await openWorld(t, ["a/x.go"], { poll: "auto", roots: [root], mountinfo });
  assert.equal(world.report.mode, "mixed");
  assert.equal(
    world.report.reason,
    `no file events arrive from virtiofs mounted on ${join(root, "host")}`,
  );
  await world.sink.seen(world.write("host/pkg/y.go"), world.write("a/y.go"));
});

test("a platform whose events are of no use is polled", options, async (t) => {
  const { report, sink, write } = await openWorld(t, ["a/x.go"], {
    poll: "auto",
    platform: "freebsd",
  });
  assert.equal(report.mode, "polling");
  assert.equal(report.reason, "no file events of use on freebsd");
  await sink.seen(write("a/x.go", "changed"));
});

for (const platform of ["darwin", "win32"] as const) {
  test(`on ${platform} one watch sees a whole tree`, options, async (t) => {
    const system = fakeWatch();
    const files = ["a/x.go", "skipped/y.go"];
    const world = await openWorld(t, files, { poll: "auto", platform, watch: system.watch });
    const { sink, path, write, report } = world;
    assert.equal(report.mode, "events");
    assert.deepEqual([...system.listeners.keys()], [`${path()} true`]);
    const emit = system.emitter(path());
    emit("change", "skipped/y.go");
    emit("change", "a/x.go");
    await sink.seen(path("a/x.go"));
    emit("rename", "new", () => write("new/deep/z.go"));
    await sink.seen(path("new/deep/z.go"));
    sink.forget();
    emit("rename", "new", () => rmSync(path("new"), { recursive: true }));
    await sink.seen(path("new/deep/z.go"));
    assert.ok(!sink.paths.has(path("skipped/y.go")));
    emit("rename", null);
    await sink.until(() => sink.losses.length > 0);
  });

  test(`on ${platform} an extra directory has its own watch if needed`, options, async (t) => {
    const system = fakeWatch();
    const extra = tempDir(t);
    const { watcher, path, sink } = await openWorld(t, ["a/x.go", "skipped/y.go"], {
      poll: "auto",
      platform,
      watch: system.watch,
      extraDirs: [extra],
    });
    watcher.add([path("a"), path("skipped")]);
    assert.deepEqual(
      [...system.listeners.keys()],
      [`${path()} true`, `${extra} false`, `${path("skipped")} false`],
    );
    await sink.seen(path("skipped/y.go"));
    await watcher.close();
    assert.equal(system.listeners.size, 0);
  });

  test(`on ${platform} a root that goes and comes back is read again`, options, async (t) => {
    const system = fakeWatch();
    const { sink, root, path, write } = await openWorld(t, ["a/x.go"], {
      poll: "auto",
      platform,
      watch: system.watch,
    });
    rmSync(root, { recursive: true });
    await sink.seen(path("a/x.go"));
    sink.forget();
    write("a/x.go");
    await sink.seen(path("a/x.go"));
  });
}

/** `fs.watch` that gives only so many watches. */
function denyAfter(allowed: number, code: string): WatchFunction {
  let given = 0;
  return (dir, settings, listener) => {
    if (given >= allowed) throw Object.assign(new Error(`${code}: denied`), { code });
    given += 1;
    return watch(dir, settings, listener);
  };
}

interface FakeWatch {
  readonly watch: WatchFunction;
  /** By directory and whether the watch is recursive. */
  readonly listeners: Map<string, WatchListener>;
  emitter(
    root: string,
  ): (event: "rename" | "change", name: string | null, first?: () => void) => void;
}

/** The system's recursive watch, whose events the test makes up. */
function fakeWatch(): FakeWatch {
  const listeners = new Map<string, WatchListener>();
  return {
    listeners,
    watch: (dir, { recursive }, listener) => {
      const key = `${dir} ${recursive}`;
      listeners.set(key, listener);
      return { close: () => listeners.delete(key), on: () => undefined };
    },
    emitter: (root) => (event, name, first) => {
      first?.();
      listeners.get(`${root} true`)?.(event, name);
    },
  };
}

/** Root may read everything, so the test goes on as a user who may not. */
function asNobody(t: Parameters<typeof openWorld>[0]): void {
  if (process.getuid?.() !== 0) return;
  process.seteuid?.(65_534);
  t.after(asSelf);
}

function asSelf(): void {
  if (process.getuid?.() === 0) process.seteuid?.(0);
}

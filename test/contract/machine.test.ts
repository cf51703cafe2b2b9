import assert from "node:assert/strict";
import { watch } from "node:fs";
import { mkdir, readdir, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { readInotifyUse } from "../../src/adapters/machine/inotify.ts";
import { isListenedOn } from "../../src/adapters/machine/port.ts";
import { tryStorage } from "../../src/adapters/machine/storage.ts";
import { fsKindAt } from "../../src/adapters/watch/fs-kind-at.ts";
import { tempFiles } from "../world/temp-module.ts";

const onLinux = process.platform === "linux" ? {} : { skip: "only Linux has inotify and /proc" };

const limits = {
  "sys/fs/inotify/max_user_watches": "8192\n",
  "sys/fs/inotify/max_user_instances": "128\n",
};

test("the watches of a process are counted one by one", onLinux, async (t) => {
  const dir = await tempFiles(t, limits);
  for (const name of ["a", "b", "c"]) await mkdir(join(dir, "watched", name), { recursive: true });
  await symlink(`/proc/${process.pid}`, join(dir, String(process.pid)));
  const before = readInotifyUse(dir);
  const watchers = ["a", "b", "c"].map((name) => watch(join(dir, "watched", name)));
  const during = readInotifyUse(dir);
  for (const watcher of watchers) watcher.close();
  assert.ok(before !== null && during !== null);
  assert.equal(during.watches - before.watches, 3);
  assert.ok(during.instances >= 1);
  assert.equal(readInotifyUse(dir)?.watches, before.watches);
  assert.deepEqual(
    { watches: during.maxWatches, instances: during.maxInstances, hidden: during.hidden },
    { watches: 8192, instances: 128, hidden: 0 },
  );
});

test("processes that cannot be looked into are counted as such", onLinux, async (t) => {
  // A process without a list of descriptors reads like one whose list is closed to us.
  const dir = await tempFiles(t, {
    ...limits,
    "4711/comm": "x",
    "4712/comm": "y",
    "self/comm": "z",
  });
  assert.deepEqual(readInotifyUse(dir), {
    maxWatches: 8192,
    maxInstances: 128,
    watches: 0,
    instances: 0,
    hidden: 2,
  });
});

test("without the limits of inotify nothing is known", async (t) => {
  assert.equal(readInotifyUse(await tempFiles(t, { "1/comm": "init" })), null);
});

test("storage is tried with a file that does not stay", async (t) => {
  const dir = join(await tempFiles(t, {}), "deep", "cache");
  const { failure, freeBytes } = await tryStorage(dir);
  assert.equal(failure, null);
  assert.ok(freeBytes !== null && freeBytes > 0);
  assert.deepEqual(await readdir(dir), []);
});

test("storage that cannot be written is a failure with the system's words", async (t) => {
  const dir = await tempFiles(t, { file: "no directory" });
  const { failure, freeBytes } = await tryStorage(join(dir, "file", "cache"));
  assert.equal(failure?.code, "IO_FAILED");
  assert.match(failure?.seen ?? "", /ENOTDIR|EEXIST|ENOENT/);
  assert.equal(freeBytes, null);
});

test("a port is in use while somebody listens on it", async (t) => {
  const server = createServer((socket) => socket.destroy());
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  assert.equal(await isListenedOn(port), true);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await isListenedOn(port), false);
});

test("a directory lies on the file system of its mount", onLinux, () => {
  const proc = fsKindAt("/proc/self", "linux");
  assert.deepEqual(proc, { name: "proc", events: true, mountPoint: "/proc" });
  assert.deepEqual(fsKindAt("/proc/self", "darwin"), {
    name: "unknown",
    events: true,
    mountPoint: null,
  });
});

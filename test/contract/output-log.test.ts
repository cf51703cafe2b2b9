import assert from "node:assert/strict";
import { readdir, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { LogItem } from "../../src/adapters/logs/lines.ts";
import { type OutputLogOptions, openOutputLog } from "../../src/adapters/logs/output-log.ts";
import { OutputReader } from "../../src/adapters/logs/output-reader.ts";
import { forgetOldest, listLogs } from "../../src/adapters/logs/programs.ts";
import type { Failure } from "../../src/core/failure.ts";
import { tempFiles } from "../world/temp-module.ts";

const about = { root: "/app", main: "." };

/** A log in a directory of its own; each look at its clock is a millisecond later. */
async function open(t: TestContext, more: Partial<OutputLogOptions> = {}) {
  const dir = more.dir ?? join(await tempFiles(t, {}), "logs", "app");
  let time = 1_000_000;
  const lost: Failure[] = [];
  const log = openOutputLog({
    dir,
    about,
    keep: 10,
    maxSize: 1 << 20,
    now: () => ++time,
    lost: (failure) => void lost.push(failure),
    ...more,
  });
  const write = (generation: number, text: string, stream: "stdout" | "stderr" = "stdout"): void =>
    log.write({ generation, pid: 70 + generation }, stream, Buffer.from(text));
  return { dir, log, lost, write };
}

async function all(reader: OutputReader): Promise<string[]> {
  const told: string[] = [];
  for await (const item of reader.read(() => true)) told.push(tell(item));
  return told;
}

function tell(item: LogItem): string {
  if (item.type === "gap") return `#${item.generation} ${item.why} ${item.bytes}`;
  return `#${item.generation} ${item.stream} ${item.text}`;
}

test("what several versions write is read again, in the order in which it came", async (t) => {
  const { dir, log, write, lost } = await open(t);
  write(1, "a\nb");
  write(2, "c\n");
  write(1, "B\n");
  write(2, "d\n", "stderr");
  await log.close();
  // "b" was begun before "c" came.
  assert.deepEqual(await all(new OutputReader(dir)), [
    "#1 stdout a",
    "#1 stdout bB",
    "#2 stdout c",
    "#2 stderr d",
  ]);
  assert.deepEqual(lost, []);
  const names = await readdir(dir);
  for (const name of names) {
    assert.equal((await stat(join(dir, name))).mode & 0o777, 0o600, name);
  }
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
  assert.deepEqual(await listLogs(join(dir, "..")), [{ ...about, dir }]);
});

test("what is added later is read later, and a line without an end waits for it", async (t) => {
  const { dir, log, write } = await open(t);
  const reader = new OutputReader(dir);
  assert.deepEqual(await all(reader), []);
  write(1, "a\nb");
  await log.close();
  assert.deepEqual(await all(reader), ["#1 stdout a"]);
  assert.deepEqual(await all(reader), []);
  write(1, "B\n");
  write(2, "c");
  await log.close();
  assert.deepEqual(await all(reader), ["#1 stdout bB"]);
  assert.deepEqual(reader.rest().map(tell), ["#2 stdout c"]);
});

const line = (n: number): string => `${String(n).padStart(9, "0")}\n`;

test("a version that writes too much keeps the newest, and it is told how much is gone", async (t) => {
  const { dir, log, write } = await open(t, { maxSize: 2000 });
  const early = new OutputReader(dir);
  write(1, line(0));
  await log.close();
  assert.deepEqual(await all(early), ["#1 stdout 000000000"]);
  for (let n = 1; n < 500; n += 1) write(1, line(n));
  await log.close();
  for (const reader of [early, new OutputReader(dir)]) {
    const read = reader === early ? 1 : 0;
    const [gap, first, ...rest] = await all(reader);
    const missed = 500 - read - rest.length - 1;
    assert.equal(gap, `#1 rotated ${missed * 10}`);
    assert.equal(first, `#1 stdout ${line(500 - rest.length - 1).trim()}`);
    assert.equal(rest.at(-1), `#1 stdout ${line(499).trim()}`);
  }
  const sizes = await Promise.all(
    (await readdir(dir))
      .filter((name) => name.endsWith(".log"))
      .map(async (name) => (await stat(join(dir, name))).size),
  );
  assert.equal(sizes.length, 2);
  assert.ok(sizes.every((size) => size < 1100));
});

test("who waits for what was written reads all of it, though the program writes on", async (t) => {
  const { dir, log, write } = await open(t);
  // Nothing was written: there is nothing to wait for.
  await log.written();
  write(1, "a\n");
  write(2, "b\n");
  const written = log.written();
  let over = false;
  const more = (): void => {
    write(2, "more\n");
    if (!over) setImmediate(more);
  };
  more();
  await written;
  over = true;
  assert.deepEqual((await all(new OutputReader(dir))).slice(0, 2), ["#1 stdout a", "#2 stdout b"]);
  await log.close();
});

test("what comes faster than it can be written is counted where it is missing", async (t) => {
  const { dir, log, write } = await open(t, { room: 200 });
  // Nothing is written before this turn of the loop is over.
  write(1, `${"x".repeat(89)}\n`);
  write(1, `${"y".repeat(59)}\n`);
  write(1, `${"z".repeat(49)}\n`);
  write(1, "small\n");
  await log.close();
  assert.deepEqual(await all(new OutputReader(dir)), [
    `#1 stdout ${"x".repeat(89)}`,
    "#1 stdout small",
    "#1 dropped 110",
  ]);
});

test("only so many versions are kept, over several runs", async (t) => {
  const first = await open(t, { keep: 3, now: () => 100 });
  first.write(1, "a\n");
  first.write(2, "b\n");
  first.write(3, "c\n");
  first.write(4, "d\n");
  await first.log.close();
  assert.deepEqual(await all(new OutputReader(first.dir)), [
    "#2 stdout b",
    "#3 stdout c",
    "#4 stdout d",
  ]);
  const second = await open(t, { dir: first.dir, keep: 3, now: () => 200 });
  second.write(1, "e\n");
  await second.log.close();
  assert.deepEqual(await new OutputReader(first.dir).versions(), [
    { run: 100, generation: 3 },
    { run: 100, generation: 4 },
    { run: 200, generation: 1 },
  ]);
});

test("a file that was cut off is good up to there", async (t) => {
  const { dir, log, write } = await open(t);
  write(1, "a\n");
  write(1, "b\n");
  await log.close();
  const [name = ""] = (await readdir(dir)).filter((one) => one.endsWith(".log"));
  const { size } = await stat(join(dir, name));
  await truncate(join(dir, name), size - 2);
  assert.deepEqual(await all(new OutputReader(dir)), ["#1 stdout a"]);
});

test("where nothing can be written it is said once, and nobody waits", async (t) => {
  const place = await tempFiles(t, {});
  await writeFile(join(place, "file"), "");
  const { log, write, lost } = await open(t, { dir: join(place, "file", "app") });
  write(1, "a\n");
  await log.written();
  write(1, "b\n");
  await log.close();
  assert.deepEqual(
    lost.map(({ code }) => code),
    ["IO_FAILED"],
  );
});

test("those who follow are told when something comes", async (t) => {
  const { dir, log, write } = await open(t);
  write(1, "a\n");
  await log.close();
  const reader = new OutputReader(dir);
  await all(reader);
  const told = new Promise<void>((resolve) => {
    const stop = reader.follow(() => {
      stop();
      resolve();
    });
  });
  write(2, "b\n");
  await log.close();
  await told;
  assert.deepEqual(await all(reader), ["#2 stdout b"]);
});

test("programs that nobody runs any more are forgotten", async (t) => {
  const place = await tempFiles(t, {});
  for (const name of ["a", "b", "c"]) {
    const { log, write } = await open(t, { dir: join(place, "logs", name) });
    write(1, "x\n");
    await log.close();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await forgetOldest(join(place, "logs"), 2);
  assert.equal((await listLogs(join(place, "logs"))).length, 2);
});

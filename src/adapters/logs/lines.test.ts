import assert from "node:assert/strict";
import { test } from "node:test";
import { type Frame, frameHead, parseFileName, parseFrames } from "./format.ts";
import { LineAssembler } from "./lines.ts";

const frame = (kind: Frame["kind"], time: number, text: string | Uint8Array, pid = 7): Frame => ({
  kind,
  time,
  pid,
  data: Buffer.from(text),
});

test("pieces are put together to lines, each stream and process for itself", () => {
  const lines = new LineAssembler({ run: 1, generation: 3 });
  const seen = [
    frame("stdout", 10, "a"),
    frame("stderr", 11, "x\ny"),
    frame("stdout", 12, "b\r\nc\n\n"),
    frame("stdout", 13, "other\n", 8),
    frame("stderr", 14, "z\n"),
    frame("dropped", 15, "99"),
    frame("stdout", 16, "rest"),
  ].flatMap((one) => lines.add(one));
  const told = (items: readonly ReturnType<typeof lines.rest>[number][]) =>
    items.map((item) =>
      item.type === "line"
        ? [item.time, item.pid, item.stream, item.text]
        : [item.time, item.why, item.bytes],
    );
  assert.deepEqual(told(seen), [
    [11, 7, "stderr", "x"],
    [10, 7, "stdout", "ab"],
    [12, 7, "stdout", "c"],
    [12, 7, "stdout", ""],
    [13, 8, "stdout", "other"],
    [11, 7, "stderr", "yz"],
    [15, "dropped", 99],
  ]);
  assert.deepEqual(told(lines.rest()), [[16, 7, "stdout", "rest"]]);
  assert.deepEqual(lines.rest(), []);
});

test("a character that was cut in two is whole again, and what is no text does no harm", () => {
  const lines = new LineAssembler({ run: 1, generation: 1 });
  const bytes = Buffer.from("ä\n");
  const seen = [
    frame("stdout", 1, bytes.subarray(0, 1)),
    frame("stdout", 2, bytes.subarray(1)),
    frame("stdout", 3, Buffer.from([0xff, 10])),
  ].flatMap((one) => lines.add(one));
  assert.deepEqual(
    seen.map((item) => item.type === "line" && item.text),
    ["ä", "\u{fffd}"],
  );
});

const frameOf = (text: string) =>
  Buffer.concat([
    frameHead({ kind: "stdout", time: 5, pid: 7 }, text.length),
    Buffer.from(text),
    Buffer.from("\n"),
  ]);

const textsOf = (bytes: Buffer) =>
  parseFrames(bytes).frames.map(({ data }) => Buffer.from(data).toString());

test("frames are read up to the last whole one", () => {
  const all = Buffer.concat([frameOf("a\nb"), frameOf("o 1 2 3\n"), frameOf("")]);
  assert.deepEqual(textsOf(all), ["a\nb", "o 1 2 3\n", ""]);
  assert.deepEqual(textsOf(all.subarray(0, -1)), ["a\nb", "o 1 2 3\n"]);
  assert.deepEqual(textsOf(all.subarray(0, 11)), []);
  assert.deepEqual(textsOf(Buffer.from("nothing\n")), []);
  assert.deepEqual(textsOf(Buffer.alloc(0)), []);
});

test("the name of a file tells what it has", () => {
  assert.deepEqual(parseFileName("1700000000000-12-3.log"), {
    run: 1_700_000_000_000,
    generation: 12,
    part: 3,
  });
  for (const name of ["about.json", "1-2.log", "1-2-3.log.tmp", "-1-2-3.log"]) {
    assert.equal(parseFileName(name), null, name);
  }
});

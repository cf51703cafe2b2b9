import assert from "node:assert/strict";
import { test } from "node:test";
import { Tail } from "./tail.ts";

function check(chunks: readonly string[], limit: number, expected: string): void {
  const tail = new Tail(limit);
  for (const chunk of chunks) tail.add(Buffer.from(chunk));
  assert.equal(tail.text(), expected);
}

test("what is shorter than the limit is kept whole", () =>
  check(["one\n", "two\n"], 100, "one\ntwo\n"));

test("of what is longer the last lines are kept, from the start of a line", () =>
  check(["first line\n", "second line\n", "third\n"], 16, "third\n"));

test("the first line of a dump is kept though the dump is longer than the limit", () => {
  const dump = Array.from({ length: 200 }, (_, index) => `goroutine ${index} [running]:\n`);
  const tail = new Tail(256);
  tail.add(Buffer.from("ready\npanic: oh no\n"));
  for (const line of dump) tail.add(Buffer.from(line));
  assert.match(tail.text(), /^panic: oh no\n/);
  assert.match(tail.text(), /goroutine 199 \[running\]:\n$/);
});

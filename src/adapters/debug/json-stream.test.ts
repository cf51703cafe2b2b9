import assert from "node:assert/strict";
import { test } from "node:test";
import { DapStream, JsonStream, dapText } from "./json-stream.ts";

test("objects are found wherever the stream is cut, and with nothing between them", () => {
  const objects = ['{"a":1}', '{"b":{"c":"}{\\"\\\\"}}', '{"d":[{}]}'];
  const text = `${objects[0]}${objects[1]}\n ${objects[2]}\n`;
  for (let size = 1; size <= text.length; size += 1) {
    const stream = new JsonStream();
    const found: string[] = [];
    for (let at = 0; at < text.length; at += size)
      found.push(...stream.read(text.slice(at, at + size)));
    assert.deepEqual(found, objects, `in pieces of ${size}`);
  }
});

test("messages of the debug adapter protocol are found wherever the stream is cut", () => {
  const messages = [{ type: "event", body: "ü\r\n\r\n" }, { seq: 2 }];
  const data = Buffer.from(messages.map((one) => dapText(one)).join(""));
  for (let size = 1; size <= data.length; size += 1) {
    const stream = new DapStream();
    const found: string[] = [];
    for (let at = 0; at < data.length; at += size)
      found.push(...stream.read(data.subarray(at, at + size)));
    assert.deepEqual(
      found.map((one) => JSON.parse(one)),
      messages,
      `in pieces of ${size}`,
    );
  }
});

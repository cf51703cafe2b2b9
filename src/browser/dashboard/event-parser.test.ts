import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser, type StreamEvent } from "./event-parser.ts";

function check(pieces: readonly string[], events: readonly StreamEvent[]): void {
  const parser = new EventParser();
  assert.deepEqual(
    pieces.flatMap((piece) => parser.push(piece).events),
    events,
  );
}

const log: StreamEvent = { event: "log", data: '{"a":1}' };

test("an event ends with an empty line", () => {
  check(['event: log\ndata: {"a":1}\n\n'], [log]);
  check(['event: log\ndata: {"a":1}\n'], []);
  check(['event: log\r\ndata: {"a":1}\r\n\r\n'], [log]);
  check(['event:log\rdata:{"a":1}\r\r\n'], [log]);
});

test("events come in pieces that end anywhere", () => {
  const text = 'event: log\r\ndata: {"a":1}\r\n\r\nevent: log\r\ndata: {"a":1}\r\n\r\n';
  check(text.split(""), [log, log]);
  for (let at = 0; at <= text.length; at += 1) {
    check([text.slice(0, at), text.slice(at)], [log, log]);
  }
});

test("data of several lines is one text, and an event without a name is a message", () => {
  check(["data: a\ndata\ndata: : b\n\n"], [{ event: "message", data: "a\n\n: b" }]);
});

test("comments, unknown fields and events without data bring nothing", () => {
  check([": hello\n\nid: 3\n\nevent: log\n\n", "data: x\n\n"], [{ event: "message", data: "x" }]);
});

test("the stream says when to come again", () => {
  const parser = new EventParser();
  assert.equal(parser.push("retry: 250\n\n").retryMs, 250);
  assert.equal(parser.push("retry: soon\n\n").retryMs, null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FrameParser,
  LineSplitter,
  encodeCommand,
  parseEvent,
  startFailure,
} from "./keeper-protocol.ts";

/** A frame as the keeper writes it. */
function frame(n: number, stream: number, text = ""): Buffer {
  const header = Buffer.alloc(9);
  header.writeUInt32BE(n, 0);
  header.writeUInt8(stream, 4);
  header.writeUInt32BE(Buffer.byteLength(text), 5);
  return Buffer.concat([header, Buffer.from(text)]);
}

/** What comes out when `bytes` arrive in pieces of this size, with pieces of a stream joined. */
function parseFrames(bytes: Uint8Array, pieceSize: number): string[] {
  const seen: string[] = [];
  let last = "";
  const parser = new FrameParser({
    output: (n, stream, data) => {
      const text = Buffer.from(data).toString("latin1");
      if (last === `${n} ${stream}` && seen.length > 0) seen.push(`${seen.pop()}${text}`);
      else seen.push(`${n} ${stream} ${text}`);
      last = `${n} ${stream}`;
    },
    mark: (n, mark) => {
      seen.push(`${n} ${mark}`);
      last = "";
    },
  });
  for (let at = 0; at < bytes.length; at += pieceSize) {
    parser.push(bytes.subarray(at, at + pieceSize));
  }
  return seen;
}

test("Frames are found however the bytes are cut", () => {
  const bytes = Buffer.concat([
    frame(1, 1, "hello"),
    frame(2, 2, "world, and more"),
    frame(1, 3),
    frame(70_000, 1, "x".repeat(1000)),
    frame(1, 4),
    frame(2, 1, ""),
    frame(2, 3),
  ]);
  const expected = [
    "1 stdout hello",
    "2 stderr world, and more",
    "1 exited",
    `70000 stdout ${"x".repeat(1000)}`,
    "1 gone",
    "2 exited",
  ];
  for (const size of [1, 2, 3, 7, 8, 9, 10, 13, 14, 64, 100_000]) {
    assert.deepEqual(parseFrames(bytes, size), expected, `in pieces of ${size}`);
  }
});

test("A frame of an unknown stream is refused, because what follows cannot be read", () => {
  for (const stream of [0, 5, 255]) {
    assert.throws(() => parseFrames(frame(1, stream), 100), RangeError);
  }
});

function checkLines(pieces: readonly string[], expected: readonly string[]): void {
  const lines = new LineSplitter();
  assert.deepEqual(
    pieces.flatMap((piece) => lines.push(piece)),
    expected,
  );
}

test("Lines are found however the text is cut", () => {
  checkLines(["a\nb\n"], ["a", "b"]);
  checkLines(["a", "b", "\n", "c"], ["ab"]);
  checkLines(["", "\n", "\n\n"], ["", "", ""]);
  checkLines(["a\n", "b"], ["a"]);
});

function checkEvent(line: string, name: string | null): void {
  assert.equal(parseEvent(line)?.event ?? null, name, line);
}

test("Only events of this version are read", () => {
  checkEvent('{"event":"started","n":1,"pid":5}', "started");
  checkEvent('{"event":"gone","n":1,"killed":0,"held":[]}', "gone");
  checkEvent('{"event":"trouble","message":"x"}', "trouble");
  checkEvent('{"event":"from-the-future"}', null);
  checkEvent('{"started":true}', null);
  checkEvent("[]", null);
  checkEvent("null", null);
  checkEvent("panic: runtime error", null);
  checkEvent("", null);
});

test("A command is one line", () => {
  const line = encodeCommand({ do: "write", n: 1, data: "YQo=" });
  assert.deepEqual(JSON.parse(line), { do: "write", n: 1, data: "YQo=" });
  const spawn = encodeCommand({
    do: "spawn",
    n: 2,
    argv: ["a\nb"],
    dir: "/",
    env: ["A=\n"],
    stdin: "none",
    terminal: null,
    sockets: false,
    nice: 0,
  });
  assert.equal(spawn.indexOf("\n"), spawn.length - 1);
});

function checkStart(stage: string, errno: string, message: RegExp, hint: RegExp): void {
  const known = ["directory", "lookup", "terminal", "pipe", "exec"] as const;
  const failure = startFailure(["app", "-x"], "/work", {
    stage: known.find((name) => name === stage) ?? "exec",
    errno,
    message: "seen",
  });
  assert.equal(failure.code, "START_FAILED");
  assert.match(failure.message, message);
  assert.match(failure.hint ?? "", hint);
  assert.equal(failure.seen, "seen");
}

test("A start that failed is named with a hint that fits", () => {
  checkStart("directory", "ENOENT", /^the working directory \/work cannot/u, /create it/u);
  checkStart("lookup", "ENOENT", /^app was not found in the PATH$/u, /install it/u);
  checkStart("exec", "ENOENT", /^app could not be started$/u, /interpreter/u);
  checkStart("exec", "EACCES", /^app could not/u, /chmod \+x/u);
  checkStart("exec", "ENOEXEC", /^app could not/u, /another system/u);
  checkStart("exec", "ETXTBSY", /^app could not/u, /writing/u);
  checkStart("exec", "errno 999", /^app could not/u, /by hand/u);
  checkStart("pipe", "EMFILE", /^app could not be connected$/u, /open/u);
  assert.match(
    startFailure([], "/", { stage: "lookup", errno: "ENOENT", message: "" }).message,
    /^an empty command was not found/u,
  );
});

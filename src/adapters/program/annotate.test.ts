import assert from "node:assert/strict";
import { test } from "node:test";
import { openAnnotator } from "./annotate.ts";

const fields = () => ({ origPid: 7, reloadCount: 2 });
const json = ',"orig_pid":7,"reload_cnt":2';
const text = " orig_pid=7 reload_cnt=2";

/** Pieces in, pieces out, and what comes at the end. */
function pass(pieces: readonly string[], known: typeof fields | (() => null) = fields): string[] {
  const annotator = openAnnotator(known);
  const out = pieces.map((piece) => Buffer.from(annotator.add(Buffer.from(piece))).toString());
  return [...out, Buffer.from(annotator.end()).toString()];
}

const check = (line: string, expected: string) =>
  assert.equal(pass([line]).join(""), expected, line);

test("log lines get the fields, and all others pass as they are", () => {
  const same = (line: string) => check(line, line);
  check(
    '{"time":"t","level":"INFO","msg":"hi"}\n',
    `{"time":"t","level":"INFO","msg":"hi"${json}}\n`,
  );
  check('{"level":"info","message":"}"}\r\n', `{"level":"info","message":"}"${json}}\r\n`);
  check("2026/01/02 03:04:05 hello\n", `2026/01/02 03:04:05 hello${text}\n`);
  check("api: 2026/01/02 03:04:05 hello\n", `api: 2026/01/02 03:04:05 hello${text}\n`);
  check(
    "time=2026-01-02T03:04:05Z level=WARN msg=x\n",
    `time=2026-01-02T03:04:05Z level=WARN msg=x${text}\n`,
  );
  check("level=INFO+2 msg=x\n", `level=INFO+2 msg=x${text}\n`);
  check('time="2026" level=info msg=x\n', `time="2026" level=info msg=x${text}\n`);
  same('{"result":1}\n');
  same("{}\n");
  // What is not the object of a logger, or no object at all, is for somebody who reads it.
  same('{"errors":[{"message":"no such user"}]}\n');
  same('{"Request":{"msg":"hi"}}\n');
  same('{"msg": hi}\n');
  same('{"a":1} {"msg":"hi"}\n');
  same('{"msg":"hi"}}\n');
  same("hello\n");
  same("\n");
  same('{"level":"INFO","orig_pid":3}\n');
  same("a line without an end");
  same("\u{1b}[2J\u{0}\r");
});

test("a line in pieces is passed on as it comes, but for the end of an object", () => {
  assert.deepEqual(pass(["> ", "2026/01/02 03:04:05 a", "b\nc"]), [
    "> ",
    "2026/01/02 03:04:05 a",
    `b${text}\nc`,
    "",
  ]);
  assert.deepEqual(pass(['{"level":"INFO","a":{"b":1}}', "\nx"]), [
    '{"level":"INFO","a":{"b":1',
    `}${json}}\nx`,
    "",
  ]);
  assert.deepEqual(pass(['{"msg":"a}', '"}\n']), ['{"msg":"a', `}"${json}}\n`, ""]);
  assert.deepEqual(pass(["{}"]), ["{", "}"]);
});

test("a line of any length passes, and nothing is lost", () => {
  const long = `{"msg":"${"x".repeat(3 << 20)}"}\n`;
  const pieces = Array.from({ length: 50 }, (_, i) => long.slice(i * 65_536, (i + 1) * 65_536));
  assert.equal(pass([...pieces, '{"msg":1}\n']).join(""), `${long}{"msg":1${json}}\n`);
});

test("before the first process is known nothing is added", () => {
  assert.deepEqual(
    pass(['{"msg":1}\n'], () => null),
    ['{"msg":1}\n', ""],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAction } from "./action.ts";

function check(text: string, expected: object | null): void {
  const action = parseAction(text);
  assert.deepEqual("code" in action ? null : action, expected, text);
}

test("actions are read", () => {
  check('{"type":"swap","service":""}', { type: "swap", service: "" });
  check('{"type":"fix","service":"api","more":1}', { type: "fix", service: "api" });
  check('{"type":"rollback","service":"api","to":null}', {
    type: "rollback",
    service: "api",
    to: null,
  });
  check('{"type":"rollback","service":"api","to":3}', { type: "rollback", service: "api", to: 3 });
  check('{"type":"tests","service":"","what":"all"}', { type: "tests", service: "", what: "all" });
  check('{"type":"open","file":"/a \\"b\\".go","line":3,"column":0}', {
    type: "open",
    file: '/a "b".go',
    line: 3,
    column: 0,
  });
});

test("what is no action is refused, whatever it is", () => {
  for (const text of [
    "",
    "null",
    "[]",
    "{",
    '"swap"',
    "{}",
    '{"type":"swap"}',
    '{"type":"swap","service":3}',
    '{"type":"quit","service":""}',
    '{"type":"rollback","service":""}',
    '{"type":"rollback","service":"","to":"3"}',
    '{"type":"rollback","service":"","to":-1}',
    '{"type":"rollback","service":"","to":1.5}',
    '{"type":"rollback","service":"","to":1e999}',
    '{"type":"tests","service":"","what":"none"}',
    '{"type":"open","file":"","line":1,"column":0}',
    '{"type":"open","file":"/a\\u0000b","line":1,"column":0}',
    '{"type":"open","file":"/a","line":0,"column":0}',
    '{"type":"open","file":"/a","line":1,"column":-1}',
    '{"type":"open","file":["/a"],"line":1,"column":1}',
    '{"__proto__":{"type":"swap","service":""}}',
  ]) {
    check(text, null);
  }
});

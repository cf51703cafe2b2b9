import assert from "node:assert/strict";
import { test } from "node:test";
import { vimExpression } from "./vim-expression.ts";

/** The end of the expression, where the place is. */
function check(file: string, expected: string): void {
  const expression = vimExpression({ file, line: 12, column: 5 });
  assert.ok(expression.endsWith(`,[json_decode('"${expected}"'),12,5])`), expression);
  assert.match(expression, /^[ -~]*$/);
}

test("a name is in the expression as a JSON string that has nothing to quote", () => {
  check("/src/a_b-c.go", "/src/a_b-c.go");
  check("/a b", String.raw`/a\u0020b`);
  check(`/'"`, String.raw`/\u0027\u0022`);
  check("/a\nb|q!", String.raw`/a\u000ab\u007cq\u0021`);
  check("C:\\a", String.raw`C\u003a\u005ca`);
  check("/é𝒳", String.raw`/\u00e9\ud835\udcb3`);
  check("/'.system('x').'", String.raw`/\u0027.system\u0028\u0027x\u0027\u0029.\u0027`);
});

const commands = (file: string): string =>
  vimExpression({ file, line: 1, column: 0 }).replace(/,\[json_decode.*$/, "");

test("the commands do not depend on the place", () => {
  assert.equal(commands("/a"), commands("/'b\"|!"));
  assert.ok(vimExpression({ file: "/a", line: 1, column: 0 }).endsWith(",1,1])"));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleMeaning } from "./go-mod.ts";
import { moduleEdits } from "./module-edits.ts";

const words = ({ edit, name, from = "", to = "" }: ReturnType<typeof moduleEdits>[number]) =>
  `${edit} ${name} ${from}>${to}`;

test("what has changed between two versions of a module file is told by name", () => {
  const one = "module m\n\ngo 1.21\n\nrequire a.b/c v1.0.0\n";
  check(one, `${one}require d.e/f v0.1.0\n`, ["added d.e/f >v0.1.0"]);
  check(one, one.replace("v1.0.0", "v1.1.0"), ["changed a.b/c v1.0.0>v1.1.0"]);
  check(one, one.replace(/require.*\n/, ""), ["removed a.b/c v1.0.0>"]);
  check(one, one.replace("1.21", "1.22"), ["changed go 1.21>1.22"]);
  check(one, `${one}toolchain go1.24.1\n`, ["added toolchain >go1.24.1"]);
  check(one, `${one}replace a.b/c => ../c\n`, ["added replace a.b/c >../c"]);
  check(`${one}replace a.b/c => ../c\n`, `${one}replace a.b/c => x.y/c v1.0.0\n`, [
    "changed replace a.b/c ../c>x.y/c v1.0.0",
  ]);
  check(one, `${one}exclude a.b/c v1.0.1\n`, ["added exclude a.b/c v1.0.1 >"]);
  check(one, `${one}godebug panicnil=1\n`, ["added godebug panicnil >1"]);
  check(one, `${one}tool a.b/c/cmd/x\n`, ["added tool a.b/c/cmd/x >"]);
  check(one, `${one}retract [v1.0.0, v1.1.0]\n`, ["added retract [ v1.0.0 , v1.1.0 ] >"]);
  check(one, `${one}require a.b/c v1.2.0\n`, ["added a.b/c >v1.2.0"]);
  check(one, one, []);
  check("go 1.21\nuse .\n", "go 1.21\nuse (\n\t.\n\t./lib\n)\n", ["added use ./lib >"], "go.work");
  check("", "a.b/c v1.0.0 h1:x=\n", ["added sum of a.b/c v1.0.0 >"], "go.sum");
  check(
    "a.b/c v1.0.0 h1:x=\n",
    "a.b/c v1.0.0 h1:y=\n",
    ["changed sum of a.b/c v1.0.0 >"],
    "go.sum",
  );
  check(
    "# a.b/c v1.0.0\n## explicit\na.b/c\n",
    "# a.b/c v1.1.0\n## explicit\na.b/c\n",
    ["changed a.b/c v1.0.0>v1.1.0"],
    "modules.txt",
  );
});

function check(before: string, after: string, expected: readonly string[], name = "go.mod"): void {
  const [from, to] = [before, after].map((text) => moduleMeaning(name, text) ?? []);
  assert.deepEqual(moduleEdits(from ?? [], to ?? []).map(words), expected, after);
}

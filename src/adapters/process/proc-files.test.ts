import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStat, sets } from "./proc-files.ts";

function checkName(name: string): void {
  const rest = "S 41 42 43 34816 42 4194304 1 2 3 4 5 6 7 8 20 0 3 0 987654 1 2 3 4";
  assert.deepEqual(parseStat(`42 (${name}) ${rest}\n`), {
    pid: 42,
    state: "S",
    parent: 41,
    group: 42,
    session: 43,
    startTime: 987_654,
    exiting: false,
  });
}

test("The fields of a process are found whatever its name holds", () => {
  checkName("node");
  checkName("");
  checkName("a b");
  checkName(") R 1 1 1 (");
  checkName("(((");
  checkName("line\nbreak");
});

function checkExiting(state: string, flags: number, expected: boolean): void {
  const text = `42 (x) ${state} 41 42 43 0 -1 ${flags} 1 2 3 4 5 6 7 8 20 0 1 0 987654 1`;
  assert.equal(parseStat(text)?.exiting, expected, `${state} ${flags}`);
}

test("A process that ends is known by its state or its flags", () => {
  checkExiting("S", 0x40_0000, false);
  checkExiting("R", 0x40_0004, true);
  checkExiting("Z", 0x40_0000, true);
  checkExiting("X", 0, true);
});

test("What is no process is none", () => {
  for (const text of ["", "42", "42 (node)", "42 (node) S 1 2 3", "() S 1 2 3"]) {
    assert.equal(parseStat(text), null, text);
  }
});

test("A variable is found only with its whole name and value", () => {
  const environment = "PATH=/bin\0GUST_RUN=abc\0LAST=x\0";
  const check = (name: string, value: string, expected: boolean): void => {
    assert.equal(sets(environment, name, value), expected, `${name}=${value}`);
  };
  check("GUST_RUN", "abc", true);
  check("PATH", "/bin", true);
  check("LAST", "x", true);
  check("GUST_RUN", "ab", false);
  check("RUN", "abc", false);
  check("GUST_RUN", "", false);
  check("NONE", "x", false);
});

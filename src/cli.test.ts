import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "./cli.ts";

async function check(line: string, expected: number, said: RegExp): Promise<void> {
  let errors = "";
  const io = {
    stdout: () => undefined,
    stderr: (text: string) => void (errors += text),
    cwd: "/nowhere",
    env: {},
  };
  assert.equal(await run(line.split(" "), ".", io), expected);
  assert.match(errors, said);
}

test("a word too many is a mistake, except for the program that gust runs", async () => {
  for (const line of ["swap now", "status all", "init here", "rollback 1 2", "wait 5s"]) {
    await check(line, 2, /too many arguments/);
  }
});

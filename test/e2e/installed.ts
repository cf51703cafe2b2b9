import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** A test that needs a program fails without it: left out it would prove nothing. */
export function assertInstalled(program: string): void {
  const dirs = (process.env["PATH"] ?? "").split(delimiter);
  const found = dirs.some((dir) => isExecutable(join(dir, program)));
  assert.ok(
    found,
    `${program} is needed for this test and was not found in PATH; on Debian: apt-get install ${program}`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

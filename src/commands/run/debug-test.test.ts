import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { debugCommand, debugTest, findDelve } from "./debug-test.ts";

const failing = { package: "app/store", name: "TestGet" };

test("one test runs under delve, by its package and name", () => {
  assert.deepEqual(debugCommand("/bin/dlv", failing), [
    "/bin/dlv",
    "test",
    "app/store",
    "--",
    "-test.run",
    "^TestGet$",
  ]);
});

test("delve is found where it is, and otherwise it is said how to get it", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "gust-dlv-"));
  t.after(() => rm(dir, { recursive: true }));
  const env = { PATH: "", HOME: dir, GOBIN: dir };
  assert.equal(findDelve(env), null);
  const desk = { person: null, keys: null, dir, env };
  const missing = await debugTest(failing, desk);
  assert.equal(missing?.code, "DEBUGGER_MISSING");
  assert.equal(missing?.seen, "it would be: dlv test app/store -- -test.run ^TestGet$");
  assert.match(missing?.hint ?? "", /^go install github\.com\/go-delve\/delve\/cmd\/dlv@latest$/);
  const dlv = join(dir, process.platform === "win32" ? "dlv.exe" : "dlv");
  await writeFile(dlv, "", { mode: 0o755 });
  assert.equal(findDelve(env), dlv);
  // With --json nobody has a terminal to give.
  assert.equal((await debugTest(failing, desk))?.code, "REQUEST_INVALID");
});

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { good, options, project } from "../../../test/support/config-project.ts";
import { debugTest } from "./debug-test.ts";

test("delve is found where it is, and otherwise it is said how to get it", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "gust-dlv-"));
  t.after(() => rm(dir, { recursive: true }));
  const env = { PATH: "", HOME: dir, GOBIN: dir };
  const { config } = await good(options(await project(t, { "gust.toml": "" })));
  const desk = { person: null, keys: null, config, env };
  const failing = { package: "app/store", name: "TestGet" };
  const missing = await debugTest(failing, desk);
  assert.equal(missing?.code, "DEBUGGER_MISSING");
  assert.equal(missing?.message, "there is no dlv to debug TestGet with");
  assert.match(missing?.hint ?? "", /^go install github\.com\/go-delve\/delve\/cmd\/dlv@latest$/);
  const dlv = join(dir, process.platform === "win32" ? "dlv.exe" : "dlv");
  await writeFile(dlv, "", { mode: 0o755 });
  // With --json nobody has a terminal to give.
  assert.equal((await debugTest(failing, desk))?.code, "REQUEST_INVALID");
});

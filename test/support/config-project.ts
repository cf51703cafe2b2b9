import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Loaded, type LoadOptions, noFlags } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";

/** A directory with these files, removed after the test. */
export async function project(
  t: TestContext,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), "gust-config-")));
  t.after(() => rm(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

export function options(cwd: string, more: Partial<LoadOptions> = {}): LoadOptions {
  const env = { PATH: "" };
  return { cwd, env, home: "/home/nobody", platform: "linux", flags: noFlags, ...more };
}

export async function good(given: LoadOptions): Promise<Loaded> {
  const loaded = await loadConfig(given);
  if (!("config" in loaded)) assert.fail(JSON.stringify(loaded, null, 2));
  return loaded;
}

export async function messages(given: LoadOptions): Promise<readonly string[]> {
  const loaded = await loadConfig(given);
  assert.ok(!("config" in loaded), "it was accepted");
  return loaded.map((one) => `${one.code} ${one.message}${one.hint ? ` (${one.hint})` : ""}`);
}

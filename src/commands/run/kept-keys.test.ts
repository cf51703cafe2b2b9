import assert from "node:assert/strict";
import { test } from "node:test";
import { good, options, project } from "../../../test/support/config-project.ts";
import type { Config } from "../../config/config.ts";
import { keptKeys } from "./kept-keys.ts";

test("a change of what is read at the start only is told", async (t) => {
  const configOf = async (toml: string): Promise<Config> =>
    (await good(options(await project(t, { "gust.toml": toml })))).config;
  const atStart = await configOf("");
  const check = async (toml: string, expected: string | undefined): Promise<void> => {
    const now = await configOf(toml);
    assert.equal(keptKeys(atStart, now)?.message, expected, toml);
  };
  await check("", undefined);
  await check("[build]\ndelay = 5\n", undefined);
  await check('package = "./cmd/b"', "a change of package is not followed while gust runs");
  await check(
    '[[service]]\nname = "api"\n[[process]]\nname = "web"\ncmd = "vite"\n',
    "a change of service, process is not followed while gust runs",
  );
  await check("[ui]\nport = 7070\n", "a change of ui is not followed while gust runs");
  await check("[proxy]\nenabled = true\n", "a change of proxy is not followed while gust runs");
  await check(
    "[screen]\nclear_on_rebuild = true\n[log]\ntime = true\n",
    "a change of log, screen is not followed while gust runs",
  );
});

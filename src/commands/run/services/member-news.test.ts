import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { good, options, project } from "../../../../test/support/config-project.ts";
import type { Config } from "../../../config/config.ts";
import { MemberNews } from "./member-news.ts";

test("a new service and another need are not followed, and that is said once", async (t) => {
  const dir = await project(t, {});
  const configOf = async (toml: string): Promise<Config> => {
    await writeFile(join(dir, "gust.toml"), toml);
    return (await good(options(dir))).config;
  };
  const web = '[[process]]\nname = "web"\ncmd = "vite"\n';
  const atStart = `${service("a")}${service("b", 'depends_on = ["a"]')}${web}`;
  const said: string[] = [];
  const news = new MemberNews(await configOf(atStart), ({ message }) => said.push(message));
  const check = async (toml: string, expected: readonly string[]): Promise<void> => {
    const now = await configOf(toml);
    // Each service looks on its own.
    news.look(now);
    news.look(now);
    assert.deepEqual(said.splice(0), expected, toml);
  };
  await check(atStart, []);
  await check(atStart.replace('"vite"', '"vite --host"'), []);
  const added = atStart + service("c") + service("d");
  await check(added, ["c, d are not started while gust runs"]);
  await check(`${added}args = ["-v"]\n`, []);
  await check(atStart.replace('["a"]', "[]"), [
    "a change of depends_on of b is not followed while gust runs",
  ]);
  await check(`${atStart}depends_on = ["a"]\ndir = "web"\n${service("e", 'dir = "x"')}`, [
    "e is not started, and a change of depends_on of web is not followed while gust runs",
  ]);
  await check(service("a"), []);
});

const service = (name: string, more = ""): string => `[[service]]\nname = "${name}"\n${more}\n`;

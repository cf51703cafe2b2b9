import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { good, options, project } from "../../test/support/config-project.ts";
import type { LoadOptions, Loaded } from "./config.ts";
import { loadConfig } from "./load.ts";
import { printConfig } from "./print.ts";

const file = `args = ["base"]

[run]
stop_timeout = "1s"
restart = "on-crash"

[build.linux]
flags = ["-race"]

[env.staging]
args = ["try"]

[env.staging.run]
stop_timeout = "9s"

[env.staging.build.linux]
flags = ["-tags=staging"]

[[env.staging.rule]]
name = "only"
cmd = "true"
inputs = ["**/*.x"]

[env.prod]
args = ["never"]

[[rule]]
name = "base"
cmd = "true"
inputs = ["**/*.y"]
`;

async function load(
  t: TestContext,
  text: string,
  more: Partial<LoadOptions> = {},
): Promise<Loaded> {
  const dir = await project(t, { "gust.toml": text });
  return good(options(dir, { platform: "linux", ...more }));
}

async function messages(t: TestContext, text: string): Promise<readonly string[]> {
  const dir = await project(t, { "gust.toml": text });
  const loaded = await loadConfig(options(dir));
  assert.ok(!("config" in loaded));
  return loaded.map(({ message, hint }) => `${message} | ${hint ?? ""}`);
}

function facts({ config }: Loaded): unknown {
  const rules = config.rules.map(({ name }) => name);
  return [config.args, config.run.stopTimeoutMs, config.run.restart, config.build.flags, rules];
}

function names({ config }: Loaded): readonly string[] {
  return config.envFiles.map((one) => one.slice(config.root.length + 1));
}

test("the tables of an environment win over all others but the command line", async (t) => {
  assert.deepEqual(facts(await load(t, file)), [["base"], 1000, "on-crash", ["-race"], ["base"]]);
  const staging = await load(t, file, { environment: "staging" });
  assert.deepEqual(facts(staging), [["try"], 9000, "on-crash", ["-tags=staging"], ["only"]]);
  const flags = { values: new Map([["run.stop_timeout", 3]]), package: null, args: [] };
  const flagged = await load(t, file, { environment: "staging", flags });
  assert.equal(flagged.config.run.stopTimeoutMs, 3);
});

test("gust check tells from which table of which environment a value is", async (t) => {
  const text = await printConfig(await load(t, file, { env: { APP_ENV: "staging" } }));
  for (const line of [
    "# environment    staging, from APP_ENV=staging",
    'args = ["try"]                           # gust.toml:11 [env.staging]',
    'stop_timeout = "9s"                      # gust.toml:14 [env.staging]',
    'restart = "on-crash"                     # gust.toml:5',
    'flags = ["-tags=staging"]                # gust.toml:17 [env.staging]',
    "direct = false                           # default in staging",
    'swap = "stop-start"                      # default in staging',
    'name = "only"                            # gust.toml:20',
  ]) {
    assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  }
});

test("in staging nothing is done by itself, and what was asked for all the same is said", async (t) => {
  const asked = '[env.staging.run]\nswap = "overlap"\n[build]\nstop_on_error = true\n';
  const { config, warnings } = await load(t, asked, { environment: "staging" });
  assert.equal(config.run.swap, "stop-start");
  assert.equal(config.build.stopOnError, false);
  assert.deepEqual(
    warnings.map(({ code, message }) => `${code} ${message.split(" in staging")[0]}`),
    [
      'CONFIG_WITHOUT_EFFECT run.swap = "overlap" has no effect',
      "CONFIG_WITHOUT_EFFECT build.stop_on_error has no effect",
    ],
  );
  const plain = await load(t, "", { environment: "staging" });
  assert.deepEqual(plain.warnings, []);
  assert.deepEqual([plain.config.build.direct, plain.config.build.debug], [false, true]);
  const own = await load(t, "[build]\ndirect = true\n", { environment: "staging" });
  assert.equal(own.config.build.direct, true);
});

test("a mistake in the tables of any environment is an error with its line and what was meant", async (t) => {
  const check = async (text: string, expected: string): Promise<void> =>
    assert.deepEqual(await messages(t, text), [expected]);
  await check(
    "[env.stagging]\nverbose = true\n",
    "gust.toml:1:2: unknown environment env.stagging | did you mean env.staging?",
  );
  await check(
    "[env.production]\nverbose = true\n",
    "gust.toml:1:2: unknown environment env.production | did you mean env.prod?",
  );
  await check(
    "[env.qa]\nverbose = true\n",
    "gust.toml:1:2: unknown environment env.qa | there are dev, staging, prod",
  );
  await check(
    '[env.prod.run]\nstop_timout = "9s"\n',
    "gust.toml:2:1: unknown key env.prod.run.stop_timout | did you mean env.prod.run.stop_timeout?",
  );
  await check(
    "[env.dev]\nverbos = true\n",
    "gust.toml:2:1: unknown key env.dev.verbos | did you mean env.dev.verbose?",
  );
  await check(
    '[env.dev.build]\nsemantic = "x"\n',
    'gust.toml:2:1: env.dev.build.semantic must be true or false, not "x" | ',
  );
  await check("env = 3\n", "gust.toml:1:1: env must be a section for each environment | ");
  await check("[env]\ndev = 3\n", "gust.toml:2:1: env.dev must be a section, [env.dev] | ");
  await check("[env.dev.env.prod]\nverbose = true\n", "gust.toml:1:1: unknown key env.dev.env | ");
});

test("env files are the usual ones, those that are named, or with a file of air none", async (t) => {
  assert.deepEqual(names(await load(t, "", { environment: "staging" })), [
    ".env",
    ".env.staging",
    ".env.local",
    ".env.staging.local",
  ]);
  assert.deepEqual(names(await load(t, "env_files = []\n")), []);
  assert.deepEqual(names(await load(t, 'env_files = ["a"]\n[env.dev]\nenv_files = ["b"]\n')), [
    "b",
  ]);
  assert.deepEqual(names(await load(t, "", { production: true })), []);
  const dir = await project(t, { ".air.toml": "" });
  const air = await good(options(dir));
  assert.deepEqual(names(air), []);
  assert.equal(air.config.root, dir, join(dir, ".env"));
});

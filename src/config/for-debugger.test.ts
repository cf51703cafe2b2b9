import assert from "node:assert/strict";
import { test } from "node:test";
import { good, messages, options, project } from "../../test/support/config-project.ts";

test("for the debugger nothing is optimised, and one version ends before the next", async (t) => {
  const text = '[debug]\nenabled = true\n[build]\nflags = ["-race"]\n';
  const { config, warnings, origins } = await good(
    options(await project(t, { "gust.toml": text })),
  );
  assert.deepEqual(config.build.flags, ["-race", "-gcflags=all=-N -l"]);
  assert.equal(config.run.swap, "stop-start");
  assert.deepEqual(origins.get("run.swap"), { type: "derived", from: "debug.enabled" });
  assert.deepEqual(warnings, []);
});

const withCommand = (cmd: string): string => `[debug]\nenabled = true\n[build]\ncmd = "${cmd}"\n`;

test("a build command of one's own is told what the debugger needs", async (t) => {
  const make = await good(options(await project(t, { "gust.toml": withCommand("make") })));
  assert.match(make.warnings[0]?.message ?? "", /optimised away/);
  const told = withCommand("go build -gcflags='all=-N -l' -o tmp/main . && true");
  const own = await good(options(await project(t, { "gust.toml": told })));
  assert.deepEqual(own.warnings, []);
});

test("what gust does not start itself it does not debug", async (t) => {
  const text = '[debug]\nenabled = true\n[build]\nfull_bin = "dlv exec ./tmp/main"\n';
  assert.match(
    (await messages(options(await project(t, { "gust.toml": text })))).join(),
    /CONFIG_INVALID debug\.enabled does not go with build\.full_bin/,
  );
});

test("programs are debugged in dev only", async (t) => {
  const dir = await project(t, { "gust.toml": "[debug]\nenabled = true\n" });
  const { config, warnings } = await good(options(dir, { environment: "staging" }));
  assert.equal(config.debug.enabled, false);
  assert.deepEqual(config.build.flags, []);
  assert.match(warnings[0]?.message ?? "", /^debug\.enabled has no effect in staging/);
});

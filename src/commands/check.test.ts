import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { good, options, project } from "../../test/support/config-project.ts";
import { outputOf } from "../../test/support/command-output.ts";
import { noFlags } from "../config/config.ts";
import { splitAirFlags } from "../config/flags.ts";
import { printConfig } from "../config/print.ts";
import { runCheck } from "./check.ts";

async function check(cwd: string, argv: readonly string[] = []) {
  const { flags } = splitAirFlags(argv);
  const env = { PATH: "", HOME: "/home/nobody" };
  return outputOf(cwd, (io) => runCheck({ flags }, io), env);
}

test("a good configuration is printed with the origin of each value", async (t) => {
  const text = `tmp_dir = "out"
[build]
send_interrupt = true
[[rule]]
cmd = "templ generate"
inputs = ["**/*.templ"]
`;
  const dir = await project(t, { "gust.toml": text });
  const { code, out, err } = await check(dir, ["--build.delay", "100", "serve", "a b"]);
  assert.equal(code, 0);
  assert.equal(err, "");
  for (const line of [
    /^# configuration  gust\.toml$/m,
    /^# build          gust's own go build$/m,
    /^# program        what gust builds serve "a b"$/m,
    /^tmp_dir = "out" +# gust\.toml:1$/m,
    /^delay = "100ms" +# --build\.delay$/m,
    /^send_interrupt = true +# gust\.toml:3$/m,
    /^stop_signal = "SIGINT" +# gust\.toml:3, from build\.send_interrupt$/m,
    /^keep = 5 +# default$/m,
    /^# cmd is not set: gust's own go build$/m,
    /^\[\[rule\]\]\ncmd = "templ generate" +# gust\.toml:5\ninputs = \["\*\*\/\*\.templ"\] +# gust\.toml:6$/m,
  ]) {
    assert.match(out, line);
  }
});

test("a bad configuration exits with 2 and prints nothing", async (t) => {
  const dir = await project(t, { "gust.toml": "[build]\ndealy = 1\n" });
  assert.deepEqual(await check(dir), {
    code: 2,
    out: "",
    err: "error: gust.toml:2:1: unknown key build.dealy\n  hint: did you mean build.delay?\n",
  });
});

test("warnings of a file of air are said and are no failure", async (t) => {
  const dir = await project(t, { ".air.toml": "[build]\ndealy = 1\n[build.linux]\ncmd = 'a'\n" });
  const { code, err } = await check(dir);
  assert.equal(code, 0);
  assert.equal(
    err,
    "warning: .air.toml:2:1: unknown key build.dealy\n  hint: did you mean build.delay?\n",
  );
});

test("the printed configuration is read back as the same", async (t) => {
  for (const name of ["init", "delve", "templ", "docker"]) {
    const text = await readFile(`test/fixtures/air/${name}.toml`, "utf8");
    const dir = await project(t, { ".air.toml": text });
    const first = await good(options(dir));
    const again = await project(t, { "gust.toml": await printConfig(first) });
    const second = await good(options(again, { flags: noFlags }));
    const moved = JSON.parse(JSON.stringify(second.config).replaceAll(again, dir));
    assert.deepEqual(moved, JSON.parse(JSON.stringify(first.config)), name);
  }
});

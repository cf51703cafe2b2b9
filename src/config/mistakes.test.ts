import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { good, messages, options, project } from "../../test/support/config-project.ts";
import type { LoadOptions } from "./config.ts";
import { splitAirFlags } from "./flags.ts";

test("a bad value is an error with its place, in every kind of file", async (t) => {
  const check = async (text: string, expected: string) => {
    for (const name of ["gust.toml", ".air.toml"]) {
      const dir = await project(t, { [name]: text });
      assert.deepEqual(await messages(options(dir)), [`CONFIG_INVALID ${name}:${expected}`], text);
    }
  };
  const duration = 'a duration such as "500ms" or "5s", or a number of ms';
  await check("root = 3", "1:1: root must be a string, not 3");
  await check(
    'env_files = ".env"',
    '1:1: env_files must be a list of strings, such as ["a", "b"], not ".env"',
  );
  await check('[build]\ncmd = ["a"]', '2:1: build.cmd must be a string, not ["a"]');
  await check('[build]\n  delay = "fast"', `2:3: build.delay must be ${duration}, not "fast"`);
  await check("[build]\ndelay = -1", `2:1: build.delay must be ${duration}, not -1`);
  await check("[build]\npoll = 1", "2:1: build.poll must be true or false, not 1");
  await check('[build]\npoll = "true"', '2:1: build.poll must be true or false, not "true"');
  await check("[build]\nkeep = 0", "2:1: build.keep must be a whole number from 1 to 100, not 0");
  await check(
    "[build]\nkeep = 1.5",
    "2:1: build.keep must be a whole number from 1 to 100, not 1.5",
  );
  const modes = 'one of "off", "watch", "gate"';
  await check('[test]\nmode = "on"', `2:1: test.mode must be ${modes}, not "on"`);
  await check("[test]\nmode = true", `2:1: test.mode must be ${modes}, not true`);
  const percent = "a whole number from 0 to 100";
  await check("[test]\ncoverage = 101", `2:1: test.coverage must be ${percent}, not 101`);
  await check('[test]\ncoverage = "60%"', `2:1: test.coverage must be ${percent}, not "60%"`);
  const strings = 'a list of strings, such as ["a", "b"]';
  await check('[test]\npackages = "./..."', `2:1: test.packages must be ${strings}, not "./..."`);
  await check('[test]\nflags = "-race"', `2:1: test.flags must be ${strings}, not "-race"`);
  await check("[test]\ntimeout = -1", `2:1: test.timeout must be ${duration}, not -1`);
  await check("[test]\nrecord = 1", "2:1: test.record must be true or false, not 1");
  const table = 'a table such as { "user/**" = "^TestUser" }';
  await check('[test]\nrules = "x"', `2:1: test.rules must be ${table}, not "x"`);
  const names = 'a regular expression for names of tests, such as "^TestUser"';
  await check(
    '[test.rules]\n"b/**" = "^B"\n"a/**" = 3',
    `3:1: test.rules."a/**" must be ${names}, not 3`,
  );
  await check(
    '[test.rules]\n"a/**" = "("',
    '2:1: test.rules."a/**" must be a regular expression; in "(": unterminated group, not "("',
  );
  await check(
    '[test.rules]\n"[" = "^A"',
    '2:1: test.rules."[" must be named by a glob; "[" is none, not "^A"',
  );
  await check(
    "[build]\nentrypoint = 1",
    "2:1: build.entrypoint must be a string or a list of strings, not 1",
  );
  await check(
    '[build]\nexclude_regex = ["("]',
    '2:1: build.exclude_regex must be a regular expression; in "(": unterminated group, not ["("]',
  );
  await check(
    '[build]\nexclude_file = ["["]',
    '2:1: build.exclude_file must be a list of patterns; "[" is none, not ["["]',
  );
  await check(
    "[ready]\nports = [80, 70000]",
    "2:1: ready.ports must be a list, each a whole number from 1 to 65535, not [80,70000]",
  );
  await check(
    '[health]\nstatus = "2xx"',
    '2:1: health.status must be status codes such as "200-399" or "200,204", not "2xx"',
  );
  await check(
    '[run]\nrestart = "on-crsh"',
    '2:1: run.restart must be one of "never", "on-crash", "always", not "on-crsh" (did you mean "on-crash"?)',
  );
  await check(
    '[color]\nmain = "purple"',
    '2:1: color.main must be one of "red", "green", "yellow", "blue", "magenta", "cyan", "white", "raw", not "purple"',
  );
  await check("[debug]\nport = 0", "2:1: debug.port must be a whole number from 1 to 65535, not 0");
  await check('[debug]\nenabled = "yes"', '2:1: debug.enabled must be true or false, not "yes"');
  await check("[debug]\ndlv = 3", "2:1: debug.dlv must be a string, not 3");
  await check(
    "[env.dev.run]\nstop_timeout = []",
    `2:1: env.dev.run.stop_timeout must be ${duration}, not []`,
  );
  const size = 'a size such as "10MB" or "512KB", or a number of bytes from 64KB to 4GB';
  await check("[log]\ncontext = 1", "2:1: log.context must be true or false, not 1");
  await check("[log]\nkeep = -1", "2:1: log.keep must be a whole number from 0 to 1000, not -1");
  await check('[log]\nmax_size = "big"', `2:1: log.max_size must be ${size}, not "big"`);
  await check("[log]\nmax_size = 10", `2:1: log.max_size must be ${size}, not 10`);
  const argv = 'a list, the program and its arguments, such as ["make", "done"]';
  await check(
    '[hooks]\non_live = "make done"',
    `2:1: hooks.on_live must be ${argv}, not "make done" (write on_live = ["make", "done"])`,
  );
  await check(
    "[hooks]\non_failure = 'echo \"$GUST_MESSAGE\" >> log'",
    `2:1: hooks.on_failure must be ${argv}, not "echo \\"$GUST_MESSAGE\\" >> log" (write on_failure = ["sh", "-c", "echo \\"$GUST_MESSAGE\\" >> log"])`,
  );
  await check('[hooks]\non_rollback = [""]', `2:1: hooks.on_rollback must be ${argv}, not [""]`);
  await check("[hooks]\non_rollback = true", `2:1: hooks.on_rollback must be ${argv}, not true`);
  await check('[hooks]\ntimeout = "x"', `2:1: hooks.timeout must be ${duration}, not "x"`);
  await check(
    '[notify]\ndesktop = "allways"',
    '2:1: notify.desktop must be one of "never", "failure", "always", not "allways" (did you mean "always"?)',
  );
  await check(
    "[notify]\ndesktop = true",
    '2:1: notify.desktop must be one of "never", "failure", "always", not true',
  );
  await check(
    '[notify]\nterminal = "on"',
    '2:1: notify.terminal must be one of "never", "failure", "always", not "on"',
  );
  await check(
    '[modules]\ntidy = "yes"',
    '2:1: modules.tidy must be one of "ask", "auto", "never", not "yes"',
  );
  await check(
    '[modules]\ndownload = "no"',
    '2:1: modules.download must be true or false, not "no"',
  );
  await check(
    '[modules]\ntimeout = "long"',
    `2:1: modules.timeout must be ${duration}, not "long"`,
  );
  await check("build = 3", "1:1: build must be a section, [build]");
  await check("rule = 3", "1:1: rule must be written as [[rule]]");
  await check("[rule]\ncmd = 'a'", "1:2: rule must be written as [[rule]]");
  await check("[build]\nlinux = 3", "2:1: build.linux must be a section, [build.linux]");
  await check("[build.windows]\ncmd = 3", "2:1: build.windows.cmd must be a string, not 3");
  await check("[[rule]]\ninputs = ['a']", "1:3: a [[rule]] needs cmd, the command to run");
  await check(
    "[[rule]]\ncmd = 'a'",
    "1:3: a [[rule]] needs files to run for: one of inputs, include_ext, include_dir, include_file",
  );
  await check(
    "[[build.rules]]\ncmd = 'a'",
    "1:3: a [[build.rules]] needs files to run for: one of include_ext, include_dir, include_file",
  );
  await check("rule = [{ cmd = 3, inputs = [] }]", "1:11: rule[0].cmd must be a string, not 3");
  await check("build.delay = false", `1:1: build.delay must be ${duration}, not false`);
  await check(
    "[build]\ndelay = 2020-01-01",
    `2:1: build.delay must be ${duration}, not "2020-01-01"`,
  );
});

test("several mistakes are told at once, in the order of the file", async (t) => {
  const dir = await project(t, { "gust.toml": "verbose = 1\n\n[build]\nkeep = 0\ncmdd = 'x'\n" });
  const told = (await messages(options(dir))).map((text) => /:\d+:\d+/.exec(text)?.[0]);
  assert.deepEqual(told, [":1:1", ":4:1", ":5:1"]);
});

test("an unknown key is an error in gust.toml and a warning in a file of air", async (t) => {
  const check = async (text: string, expected: string) => {
    const strict = await project(t, { "gust.toml": text });
    assert.deepEqual(await messages(options(strict)), [`CONFIG_INVALID gust.toml:${expected}`]);
    const lenient = await project(t, { ".air.toml": text });
    const { warnings } = await good(options(lenient));
    const told = warnings.map((one) => `${one.message}${one.hint ? ` (${one.hint})` : ""}`);
    assert.deepEqual(told, [`.air.toml:${expected}`]);
  };
  await check("[build]\ndealy = 3", "2:1: unknown key build.dealy (did you mean build.delay?)");
  await check("[build]\n\n  Cmd = 'x'", "3:3: unknown key build.Cmd (did you mean build.cmd?)");
  await check("[run]\ncmd = 'x'", "2:1: unknown key run.cmd (did you mean build.cmd?)");
  await check("[buidl]\ncmd = 'x'", "1:2: unknown key buidl (did you mean build?)");
  await check("delay = 3", "1:1: unknown key delay (did you mean build.delay?)");
  await check("colour = 3", "1:1: unknown key colour (did you mean color?)");
  await check("zzz = 3", "1:1: unknown key zzz");
  await check("[build.linux]\ndelay = 3", "2:1: unknown key build.linux.delay");
  await check(
    "[build.linux]\nbinn = 'x'",
    "2:1: unknown key build.linux.binn (did you mean build.linux.bin?)",
  );
  await check("[build.freebsd]\ncmd = 'x'", "1:2: unknown key build.freebsd");
  await check(
    "[[rule]]\ncmd = 'x'\ninput = ['a']\ninputs = ['a']",
    "3:1: unknown key rule[0].input (did you mean inputs?)",
  );
  await check('"__proto__" = 3', "1:1: unknown key __proto__");
});

test("a file that is no TOML is an error with its place", async (t) => {
  const check = async (text: string, expected: RegExp) => {
    const dir = await project(t, { ".air.toml": text });
    const [first, ...more] = await messages(options(dir));
    assert.match(first ?? "", expected);
    assert.deepEqual(more, []);
  };
  await check("[build]\ncmd = go", /^CONFIG_INVALID \.air\.toml:2:\d+: /);
  await check("a = 1\na = 2", /^CONFIG_INVALID \.air\.toml:2:\d+: /);
  await check("[build", /^CONFIG_INVALID \.air\.toml:1:\d+: /);
  await check("root = '", /^CONFIG_INVALID \.air\.toml:1:\d+: /);
});

test("what cannot be opened is told", async (t) => {
  const dir = await project(t, { "a.toml/x": "", file: "" });
  const check = async (more: Partial<LoadOptions>, expected: RegExp) =>
    assert.match((await messages(options(dir, more))).join("\n"), expected);
  await check({ configFile: "none.toml" }, /^CONFIG_NOT_FOUND there is no none\.toml/);
  await check({ configFile: "a.toml" }, /^CONFIG_NOT_FOUND .*a\.toml cannot be read/);
  await check({ root: "none" }, /^ROOT_MISSING .*none cannot be opened/);
  await check({ root: "file" }, /^ROOT_MISSING .*file is not a directory/);
  await check({ env: { air_wd: "none" } }, /^ROOT_MISSING/);
  await writeFile(join(dir, "gust.toml"), 'root = "nowhere"\n');
  await check({}, /^ROOT_MISSING .*nowhere cannot be opened/);
});

test("a root that holds everything is refused, or warned about when that is wanted", async (t) => {
  const dir = await project(t, { "gust.toml": "" });
  const check = async (text: string, code: string) => {
    await writeFile(join(dir, "gust.toml"), text);
    const [first] = await messages(options(dir, { home: dir }));
    assert.match(first ?? "", new RegExp(`^${code} `), text);
  };
  await check("", "ROOT_DANGEROUS");
  await check('root = "/"', "ROOT_DANGEROUS");
  await check('root = "~"', "ROOT_DANGEROUS");
  await check("root = '~/../../../../../../../..'", "ROOT_DANGEROUS");
  await writeFile(join(dir, "gust.toml"), "[build]\nignore_dangerous_root_dir = true\n");
  const { warnings } = await good(options(dir, { home: dir }));
  assert.deepEqual(
    warnings.map((warning) => warning.code),
    ["ROOT_DANGEROUS"],
  );
});

test("a tmp_dir that holds the sources is refused, as it may be removed", async (t) => {
  const dir = await project(t, { "app/gust.toml": "" });
  for (const name of [".", "..", "/", "../app"]) {
    await writeFile(join(dir, "app/gust.toml"), `tmp_dir = "${name}"\n`);
    const [first] = await messages(options(join(dir, "app")));
    assert.match(first ?? "", /^CONFIG_INVALID tmp_dir is /, name);
  }
});

test("what has no effect is said", async (t) => {
  const dir = await project(t, { "gust.toml": '[build]\ncmd = "make"\nflags = ["-race"]\n' });
  const { warnings } = await good(options(dir, { flags: splitAirFlags(["./cmd/a"]).flags }));
  assert.deepEqual(
    warnings.map((warning) => warning.message),
    [
      "build.flags has no effect, because build.cmd builds",
      "the package ./cmd/a does not change what build.cmd builds",
    ],
  );
});

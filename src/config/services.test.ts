import assert from "node:assert/strict";
import { test } from "node:test";
import { good, messages, options, project } from "../../test/support/config-project.ts";

test("what is about the one program of a project has no effect on services, and that is said", async (t) => {
  const dir = await project(t, {
    "gust.toml": 'package = "./a"\n[ready]\nports = [1]\n[[service]]\nname = "a"\n',
  });
  const { warnings } = await good(options(dir));
  assert.deepEqual(
    warnings.map(({ message }) => message),
    ["package has no effect beside [[service]]", "ready.ports has no effect beside [[service]]"],
  );
});

test("a mistake in services is told with its line, and what was meant", async (t) => {
  const check = async (text: string, expected: readonly string[]): Promise<void> => {
    const dir = await project(t, { "gust.toml": text });
    const told = await messages(options(dir));
    assert.deepEqual(
      told,
      expected.map((one) => `CONFIG_INVALID gust.toml:${one}`),
      text,
    );
  };
  const two = '[[service]]\nname = "api"\n[[service]]\nname = "worker"\n';
  await check("[service]\nname = 'x'", ["1:2: service must be written as [[service]]"]);
  await check("[[service]]\npackage = '.'", [
    "1:3: a [[service]] needs name, by which it is known",
  ]);
  await check("[[process]]\nname = 'web'", ["1:3: a [[process]] needs cmd, the command to run"]);
  await check("[[service]]\nname = 'a b'", [
    '2:1: "a b" is no name of a service (letters, digits, `-`, `_` and `.`, beginning with a letter or digit)',
  ]);
  await check("[[service]]\nname = 'x'\n[[process]]\nname = 'x'\ncmd = 'y'", [
    "4:1: x is the name of another service",
  ]);
  await check(`${two}depends_on = ["apj"]`, [
    '5:1: there is no service or process "apj" (did you mean api?)',
  ]);
  await check(`${two}depends_on = ["database"]`, [
    '5:1: there is no service or process "database" (there are api, worker)',
  ]);
  await check(`${two}depends_on = ["worker"]`, ["5:1: worker cannot depend on itself"]);
  await check(
    '[[service]]\nname = "a"\ndepends_on = ["b"]\n[[service]]\nname = "b"\ndepends_on = ["c"]\n[[process]]\nname = "c"\ncmd = "x"\ndepends_on = ["a"]',
    ["3:1: none of these could start first: a → b → c → a"],
  );
  await check("[[service]]\nname = 'x'\nport = 70000", [
    "3:1: service[0].port must be a whole number from 0 to 65535, not 70000",
  ]);
  await check("[[service]]\nname = 'x'\nenv = ['A=1']", [
    '3:1: service[0].env must be a table of strings, such as { PORT = "8080" }, not ["A=1"]',
  ]);
  await check("[[service]]\nname = 'x'\nenv = { PORT = 8080 }", [
    '3:1: service[0].env must be a table of strings, such as { PORT = "8080" }, not a table (write PORT = "8080")',
  ]);
  await check("[[service]]\nname = 'x'\nready_log = '('", [
    '3:1: service[0].ready_log must be a regular expression; in "(": unterminated group, not "("',
  ]);
  await check("[[service]]\nname = 'x'\ndepend_on = ['y']", [
    "3:1: unknown key service[0].depend_on (did you mean depends_on?)",
  ]);
  await check("[[process]]\nname = 'x'\ncmd = 'y'\nrestart = 'allways'", [
    '4:1: process[0].restart must be one of "never", "on-crash", "always", not "allways" (did you mean "always"?)',
  ]);
  await check("[[process]]\nname = 'x'\ncmd = 'y'\nrestart_delay = 'soon'", [
    '4:1: process[0].restart_delay must be a duration such as "500ms" or "5s", or a number of ms, not "soon"',
  ]);
  await check("[[proces]]\nname = 'x'", ["1:1: unknown key proces (did you mean process?)"]);
});

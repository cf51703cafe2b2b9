import assert from "node:assert/strict";
import { test } from "node:test";
import type { Value } from "./config.ts";
import { splitAirFlags } from "./flags.ts";

interface Expected {
  readonly values?: Readonly<Record<string, Value>>;
  readonly rest?: readonly string[];
  readonly args?: readonly string[];
  readonly package?: string | null;
}

function check(line: string | readonly string[], expected: Expected): void {
  const argv = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
  const { flags, rest, failures } = splitAirFlags(argv);
  assert.deepEqual(failures, [], String(line));
  const seen = {
    values: Object.fromEntries(flags.values),
    rest,
    args: flags.args,
    package: flags.package,
  };
  assert.deepEqual(
    seen,
    { values: {}, rest: [], args: [], package: null, ...expected },
    String(line),
  );
}

function checkFailure(line: string, expected: string): void {
  const { failures } = splitAirFlags(line.split(" "));
  const told = failures.map((one) => `${one.message}${one.hint ? ` (${one.hint})` : ""}`);
  assert.deepEqual(told, [expected], line);
  assert.ok(failures.every((one) => one.code === "FLAG_INVALID"));
}

test("every form of a flag of air is read", () => {
  check("", {});
  check(["--build.cmd", "go build ."], { values: { "build.cmd": "go build ." } });
  check(["-build.cmd=go build ."], { values: { "build.cmd": "go build ." } });
  check("--build.cmd=", { values: { "build.cmd": "" } });
  check("--build.cmd=a=b", { values: { "build.cmd": "a=b" } });
  check("--build.cmd -x", { values: { "build.cmd": "-x" } });
  check("--build.delay 200", { values: { "build.delay": 200 } });
  check("--build.delay 1s", { values: { "build.delay": 1000 } });
  check("--build.kill_delay 500ms", { values: { "build.kill_delay": 500 } });
  check("--tmp_dir t -testdata_dir=d", { values: { tmp_dir: "t", testdata_dir: "d" } });
  check("--proxy.proxy_port 8090", { values: { "proxy.proxy_port": 8090 } });
  check("--misc.startup_banner=", { values: { "misc.startup_banner": "" } });
  check("-d", { values: { verbose: true } });
});

test("a list has commas, replaces first, and then grows", () => {
  check("--build.include_ext go,html", { values: { "build.include_ext": ["go", "html"] } });
  check("--build.include_ext go -build.include_ext=a,b", {
    values: { "build.include_ext": ["go", "a", "b"] },
  });
  check(["--build.exclude_dir", ""], { values: { "build.exclude_dir": [] } });
  check("--build.exclude_dir=", { values: { "build.exclude_dir": [] } });
  check(["--build.pre_cmd", "echo a\\,b,c"], { values: { "build.pre_cmd": ["echo a,b", "c"] } });
  check("--ready.ports 80,81 --ready.ports 82", { values: { "ready.ports": [80, 81, 82] } });
  check("--build.entrypoint ./a,b", { values: { "build.entrypoint": ["./a", "b"] } });
});

const poll = (value: boolean): Readonly<Record<string, Value>> => ({ "build.poll": value });

test("a boolean flag stands alone or has a value", () => {
  check("--build.poll", { values: poll(true) });
  check("--build.poll true", { values: poll(true) });
  check("--build.poll false", { values: poll(false) });
  check("--build.poll=0", { values: poll(false) });
  check("--build.poll T", { values: poll(true) });
  check("--build.poll serve", { values: poll(true), args: ["serve"] });
  check("--build.poll --log.time", { values: { ...poll(true), "log.time": true } });
  check("--screen.keep_scroll false", { values: { "screen.keep_scroll": false } });
});

test("the first word that is no flag, and all after it, go to the program", () => {
  check("server --port 8080", { args: ["server", "--port", "8080"] });
  check("--build.delay 1 server --build.delay 2", {
    values: { "build.delay": 1 },
    args: ["server", "--build.delay", "2"],
  });
  check("-- -h", { args: ["-h"] });
  check("-c f -- -h", { rest: ["-c", "f"], args: ["-h"] });
  check("--build.poll -- x", { values: { "build.poll": true }, args: ["x"] });
  check("-", { args: ["-"] });
});

test("a path is the main package, and flags may follow it", () => {
  check("./cmd/api", { package: "./cmd/api" });
  check(".", { package: "." });
  check("../x --log.time a b", {
    package: "../x",
    values: { "log.time": true },
    args: ["a", "b"],
  });
  check("./a ./b", { package: "./a", args: ["./b"] });
  check("./a -- ./b", { package: "./a", args: ["./b"] });
  check(".env", { args: [".env"] });
});

test("gust's own flags are left to commander, in a form that it reads", () => {
  check("-c conf.toml --json", { rest: ["-c", "conf.toml", "--json"] });
  check("-c=conf.toml", { rest: ["-c", "conf.toml"] });
  check("--config conf.toml x", { rest: ["--config", "conf.toml"], args: ["x"] });
  check("-color never", { rest: ["--color", "never"] });
  check("--color=always x", { rest: ["--color", "always"], args: ["x"] });
  check("-root dir --root=dir2", { rest: ["--root", "dir", "--root", "dir2"] });
  check("-h", { rest: ["-h"] });
  check("-v", { rest: ["-v"] });
  check("-version", { rest: ["--version"] });
  check("--unheard", { rest: ["--unheard"] });
  check("-c", { rest: ["-c"] });
});

test("a bad flag or value is told with the nearest right name", () => {
  const duration = 'a duration such as "500ms" or "5s", or a number of ms';
  checkFailure("--build.delay abc", `--build.delay must be ${duration}, not "abc"`);
  checkFailure("--build.delay=-1", `--build.delay must be ${duration}, not "-1"`);
  checkFailure("--build.poll yes", '--build.poll must be true or false, not "yes"');
  checkFailure("--build.poll=on", '--build.poll must be true or false, not "on"');
  checkFailure("--build.keep x", '--build.keep must be a whole number from 1 to 100, not "x"');
  checkFailure("--build.dealy 3", "unknown flag --build.dealy (did you mean --build.delay?)");
  checkFailure("--biuld.cmd=x", "unknown flag --biuld.cmd (did you mean --build.cmd?)");
  checkFailure("-build.linux,omitempty", "unknown flag --build.linux,omitempty");
  checkFailure("--build.cmd", "--build.cmd needs a value");
  checkFailure(
    "--run.restart sometimes",
    '--run.restart must be one of "never", "on-crash", "always", not "sometimes"',
  );
  checkFailure(
    "--run.restart alway",
    '--run.restart must be one of "never", "on-crash", "always", not "alway" (did you mean "always"?)',
  );
  checkFailure(
    "--ready.ports 80,x",
    '--ready.ports must be a list, each a whole number from 1 to 65535, not "80,x"',
  );
  checkFailure(
    "--build.exclude_regex=(",
    '--build.exclude_regex must be a regular expression; in "(": unterminated group, not "("',
  );
});

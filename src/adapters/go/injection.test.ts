import assert from "node:assert/strict";
import { test } from "node:test";
import { type Injection, blamesInjection, injectedCommand, injectedFlags } from "./injection.ts";

const overlay: Injection = {
  type: "overlay",
  file: "/p/o.json",
  linkerFlag: "-checklinkname=0",
  grpc: false,
  sockets: true,
};

function checkCommand(line: string, goflags: string, expected: readonly [string, string]): void {
  const { line: made, env } = injectedCommand(line, overlay, goflags);
  assert.deepEqual([made, env["GOFLAGS"]], expected);
}

function checkBlame(text: string, expected: boolean): void {
  assert.equal(blamesInjection(text), expected, text);
}

test("gust's own build gets overlay and linker flag, beside the flags of the user", () => {
  const check = (flags: readonly string[], goflags: string, expected: readonly string[]): void =>
    assert.deepEqual(injectedFlags(flags, overlay, goflags), expected);
  check([], "", ["-ldflags=-checklinkname=0", "-overlay=/p/o.json"]);
  check(["-race", "-ldflags=-s"], "", [
    "-race",
    "-ldflags=-s -checklinkname=0",
    "-overlay=/p/o.json",
  ]);
  check([], "'-ldflags=-s -w'", ["-ldflags=-s -w -checklinkname=0", "-overlay=/p/o.json"]);
  check(["-ldflags=-w"], "-ldflags=-s", ["-ldflags=-w -checklinkname=0", "-overlay=/p/o.json"]);
  assert.deepEqual(injectedFlags(["-race"], { type: "needless" }, ""), ["-race"]);
  assert.deepEqual(injectedFlags([], { ...overlay, linkerFlag: null }, ""), ["-overlay=/p/o.json"]);
});

test("linker flags go with or without the files", () => {
  assert.deepEqual(injectedFlags(["-race"], { type: "needless" }, "-ldflags=-s", ["-w"]), [
    "-race",
    "-ldflags=-s -w",
  ]);
  assert.deepEqual(injectedFlags([], overlay, "", ["-w"]), [
    "-ldflags=-w -checklinkname=0",
    "-overlay=/p/o.json",
  ]);
});

test("a command of the user's gets them by GOFLAGS", () => {
  checkCommand("make app", "", ["make app", "-overlay=/p/o.json -ldflags=-checklinkname=0"]);
  checkCommand("make", "-mod=mod", [
    "make",
    "-mod=mod -overlay=/p/o.json -ldflags=-checklinkname=0",
  ]);
  checkCommand("go build -ldflags=-s .", "", [
    'go build -ldflags="-s -checklinkname=0" .',
    "-overlay=/p/o.json -ldflags=-checklinkname=0",
  ]);
});

test("go generate, which reads files from the disk alone, is spared", () => {
  const check = (line: string, expected: string): void =>
    assert.equal(
      injectedCommand(line, { ...overlay, linkerFlag: null }, "-mod=mod").line,
      expected,
    );
  const spared = 'GOFLAGS="$GUST_GOFLAGS" go generate';
  check("go generate ./... && go build", `${spared} ./... && go build`);
  check("cd x && X=1 go  generate&&make", 'cd x && GOFLAGS="$GUST_GOFLAGS" X=1 go  generate&&make');
  check("a;(go generate .)|b\ngo generate", `a;(${spared} .)|b\n${spared}`);
  check("echo go generate; go generated", "echo go generate; go generated");
  const { env } = injectedCommand("go generate", overlay, "-mod=mod");
  assert.equal(env["GUST_GOFLAGS"], "-mod=mod");
});

test("complaints of gust's files are told from those of the user's", () => {
  checkBlame("./main.go:3:1: undefined: foo", false);
  checkBlame("link: main: invalid reference to net.socketFunc", true);
  checkBlame("./00_gust_http_linux.go:12:2: undefined: atomic", true);
  checkBlame(
    "example.com/app/_gust.gust__accept: relocation target internal/poll.CloseFunc not defined",
    true,
  );
  checkBlame("flag provided but not defined: -checklinkname", true);
  checkBlame("invalid reference to example.com/a.b", false);
});

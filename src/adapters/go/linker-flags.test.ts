import assert from "node:assert/strict";
import { test } from "node:test";
import { goflagValue, withGoflag, withLinkerFlag, withLinkerFlagInText } from "./linker-flags.ts";

function checkFlags(flags: readonly string[], expected: readonly string[]): void {
  assert.deepEqual(withLinkerFlag(flags, "-x=0"), expected);
}

function checkLine(line: string, expected: string): void {
  assert.equal(withLinkerFlagInText(line, "-x=0"), expected);
}

function checkGoflags(goflags: string, value: string | null, expected: string): void {
  assert.equal(goflagValue(goflags, "ldflags"), value);
  assert.equal(withGoflag(goflags, "ldflags", "-x=0"), expected);
}

test("a linker flag is added to those of the user, into the last of several", () => {
  checkFlags([], ["-ldflags=-x=0"]);
  checkFlags(["-race"], ["-race", "-ldflags=-x=0"]);
  checkFlags(["-ldflags=-s -w"], ["-ldflags=-s -w -x=0"]);
  checkFlags(["--ldflags=-s", "-race"], ["--ldflags=-s -x=0", "-race"]);
  checkFlags(["-ldflags", "-X main.v=1"], ["-ldflags", "-X main.v=1 -x=0"]);
  checkFlags(["-ldflags=-s", "-ldflags=-w"], ["-ldflags=-s", "-ldflags=-w -x=0"]);
});

test("linker flags in a shell line keep their quotes, and get one more", () => {
  checkLine("go build -o app .", "go build -o app .");
  checkLine("go build -ldflags=-s .", 'go build -ldflags="-s -x=0" .');
  checkLine("go build -ldflags '-s -w' .", "go build -ldflags '-s -w -x=0' .");
  checkLine(
    'go build -ldflags "-X main.v=$(git describe)" . && echo done',
    'go build -ldflags "-X main.v=$(git describe) -x=0" . && echo done',
  );
  checkLine(
    'go build --ldflags="-X \\"main.v=a b\\"" .',
    'go build --ldflags="-X \\"main.v=a b\\" -x=0" .',
  );
  checkLine('go build -ldflags="" .', 'go build -ldflags="-x=0" .');
  checkLine(
    "go build -ldflags=-s a && go build -ldflags=-w b",
    'go build -ldflags="-s -x=0" a && go build -ldflags="-w -x=0" b',
  );
  checkLine("echo no-ldflags=1", "echo no-ldflags=1");
});

test("a flag in GOFLAGS is found and extended, with quotes where it has spaces", () => {
  checkGoflags("", null, "-ldflags=-x=0");
  checkGoflags("-mod=mod", null, "-mod=mod -ldflags=-x=0");
  checkGoflags("-ldflags=-s -mod=mod", "-s", "-mod=mod '-ldflags=-s -x=0'");
  checkGoflags("'-ldflags=-s -w'", "-s -w", "'-ldflags=-s -w -x=0'");
  checkGoflags("--ldflags=-s", "-s", "'-ldflags=-s -x=0'");
});

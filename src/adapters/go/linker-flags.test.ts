import assert from "node:assert/strict";
import { test } from "node:test";
import { goflagValue, withGoflag, withLinkerFlag, withLinkerFlagInText } from "./linker-flags.ts";

test("a linker flag is added to those of the user, into the last of several", () => {
  const check = (flags: readonly string[], expected: readonly string[]): void =>
    assert.deepEqual(withLinkerFlag(flags, "-x=0"), expected);
  check([], ["-ldflags=-x=0"]);
  check(["-race"], ["-race", "-ldflags=-x=0"]);
  check(["-ldflags=-s -w"], ["-ldflags=-s -w -x=0"]);
  check(["--ldflags=-s", "-race"], ["--ldflags=-s -x=0", "-race"]);
  check(["-ldflags", "-X main.v=1"], ["-ldflags", "-X main.v=1 -x=0"]);
  check(["-ldflags=-s", "-ldflags=-w"], ["-ldflags=-s", "-ldflags=-w -x=0"]);
});

test("linker flags in a shell line keep their quotes, and get one more", () => {
  const check = (line: string, expected: string): void =>
    assert.equal(withLinkerFlagInText(line, "-x=0"), expected);
  check("go build -o app .", "go build -o app .");
  check("go build -ldflags=-s .", 'go build -ldflags="-s -x=0" .');
  check("go build -ldflags '-s -w' .", "go build -ldflags '-s -w -x=0' .");
  check(
    'go build -ldflags "-X main.v=$(git describe)" . && echo done',
    'go build -ldflags "-X main.v=$(git describe) -x=0" . && echo done',
  );
  check(
    'go build --ldflags="-X \\"main.v=a b\\"" .',
    'go build --ldflags="-X \\"main.v=a b\\" -x=0" .',
  );
  check('go build -ldflags="" .', 'go build -ldflags="-x=0" .');
  check(
    "go build -ldflags=-s a && go build -ldflags=-w b",
    'go build -ldflags="-s -x=0" a && go build -ldflags="-w -x=0" b',
  );
  check("echo no-ldflags=1", "echo no-ldflags=1");
});

test("a flag in GOFLAGS is found and extended, with quotes where it has spaces", () => {
  const check = (goflags: string, value: string | null, expected: string): void => {
    assert.equal(goflagValue(goflags, "ldflags"), value);
    assert.equal(withGoflag(goflags, "ldflags", "-x=0"), expected);
  };
  check("", null, "-ldflags=-x=0");
  check("-mod=mod", null, "-mod=mod -ldflags=-x=0");
  check("-ldflags=-s -mod=mod", "-s", "-mod=mod '-ldflags=-s -x=0'");
  check("'-ldflags=-s -w'", "-s -w", "'-ldflags=-s -w -x=0'");
  check("--ldflags=-s", "-s", "'-ldflags=-s -x=0'");
});

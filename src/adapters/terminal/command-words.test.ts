import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { commandLine } from "./command-words.ts";

test("a command is shown as a line that can be pasted", () => {
  check(["go", "build", "-o", "/x/y", "./cmd/api"], "go build -o /x/y ./cmd/api");
  check(["go", "build", "-ldflags=-s -w"], "go build '-ldflags=-s -w'");
  check(["sh", "-c", "echo 'a' $HOME"], String.raw`sh -c 'echo '\''a'\'' $HOME'`);
  check(["go", ""], "go ''");
  check(["go", "env"], "cd '/a b' && go env", { dir: "/a b" });
  check(["go", "env"], "GOFLAGS='-mod=mod -x' GOPROXY=off go env", {
    env: { GOFLAGS: "-mod=mod -x", GOPROXY: "off" },
  });
  const windows = { argv: ["C:\\Program Files\\go.exe", "env"], dir: "C:\\x", env: { GOOS: "js" } };
  assert.equal(
    commandLine(windows, "C:\\", "win32"),
    "cd C:\\x; $env:GOOS=js; & 'C:\\Program Files\\go.exe' env",
  );
});

test(
  "a shell takes the line apart into the same words",
  { skip: process.platform === "win32" },
  () => {
    const words = [
      "a b",
      "$HOME",
      "`x`",
      "'",
      '"',
      "\\",
      "*",
      "~",
      "#",
      "!",
      "a=b;c",
      "line\nbreak",
      "ü",
    ];
    const argv = [
      process.execPath,
      "-e",
      "console.log(JSON.stringify(process.argv.slice(1)))",
      ...words,
    ];
    const line = commandLine({ argv, dir: "/", env: {} }, "/", "linux");
    assert.deepEqual(
      JSON.parse(execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" })),
      words,
    );
  },
);

function check(argv: readonly string[], expected: string, more: object = {}): void {
  assert.equal(commandLine({ argv, dir: "/app", env: {}, ...more }, "/app", "linux"), expected);
}

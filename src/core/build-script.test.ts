import assert from "node:assert/strict";
import { test } from "node:test";
import { readBuildScript } from "./build-script.ts";

const compile = "/go/pkg/tool/linux_amd64/compile -o $WORK/b002/_pkg_.a";
const link = "/go/pkg/tool/linux_amd64/link -o $WORK/b001/exe/a.out";

test("a compiler's command is found with the files that the go command writes for it", () => {
  const { compiles, link: linked } = readBuildScript(
    [
      "WORK=/tmp/go-build1",
      "mkdir -p $WORK/b002/",
      "",
      "#",
      "# example.com/a",
      "#",
      "",
      "cat >$WORK/b002/importcfg << 'EOF' # internal",
      "# import config",
      "packagefile fmt=$WORK/b003/_pkg_.a",
      "packagefile os=$WORK/b004/_pkg_.a",
      "EOF",
      "cat >$WORK/b002/embedcfg << 'EOF' # internal",
      '{"Patterns":{}',
      "}EOF",
      "cd /home/a",
      `${compile} -trimpath "$WORK/b002=>" -p example.com/a -pack ./a.go ./x/b.go`,
      "go tool buildid -w $WORK/b002/_pkg_.a # internal",
    ].join("\n"),
  );
  const step = compiles.get("b002");
  assert.deepEqual(step?.importcfg, [
    "packagefile fmt=$WORK/b003/_pkg_.a",
    "packagefile os=$WORK/b004/_pkg_.a",
  ]);
  assert.equal(step.embedcfg, '{"Patterns":{}\n}');
  assert.deepEqual(step.command.argv.slice(3), [
    "-trimpath",
    "$WORK/b002=>",
    "-p",
    "example.com/a",
    "-pack",
    "/home/a/a.go",
    "/home/a/x/b.go",
  ]);
  assert.equal(linked, null);
});

function checkWords(line: string, expected: readonly string[], dir = "/home/a"): void {
  const text = `cd ${dir}\n${compile} ${line}`;
  const { compiles } = readBuildScript(text);
  assert.deepEqual(compiles.get("b002")?.command.argv.slice(3), expected, line);
}

test("words are taken apart as the go command has quoted them", () => {
  checkWords('"-X main.a=b c"', ["-X main.a=b c"]);
  checkWords('"a\\"b" "\\x00\\t\\\\" ""', ['a"b', "\0\t\\", ""]);
  checkWords('"\\u00e4" ä', ["ä", "ä"]);
  // The directory was cut off where a word begins with it, also where another one goes on.
  checkWords("./a.go .b/c.go . /x/./y.go", [
    "/home/a/a.go",
    "/home/ab/c.go",
    "/home/a",
    "/x/./y.go",
  ]);
  checkWords("./a.go", ["./a.go"], ".");
});

test("variables before a command are set for it alone", () => {
  const text = `cd .\nGOROOT='/go' GODEBUG="a\\"'b" ${link} -importcfg $WORK/b001/importcfg.link x`;
  const { command } = readBuildScript(text).link ?? { command: { env: {}, argv: [], dir: "" } };
  assert.deepEqual(command.env, { GOROOT: "/go", GODEBUG: "a\"'b" });
  assert.equal(command.argv[0], "/go/pkg/tool/linux_amd64/link");
});

test("tools that run the compiler, and other tools, are not the compiler", () => {
  for (const line of [
    "/bin/wrapper /go/pkg/tool/linux_amd64/compile -o $WORK/b002/_pkg_.a -p a",
    "/go/pkg/tool/linux_amd64/asm -o $WORK/b002/_pkg_.a",
    "/go/pkg/tool/linux_amd64/compile -o $WORK/b002/_go_.o -p a",
    "mv $WORK/b001/exe/a.out /out",
  ]) {
    assert.equal(readBuildScript(line).compiles.size, 0, line);
  }
  const windows = "C:\\\\go\\\\pkg\\\\tool\\\\windows_amd64\\\\compile.exe";
  const text = `"${windows}" -o "$WORK\\\\b002\\\\_pkg_.a" -p a`;
  assert.equal(readBuildScript(text).compiles.get("b002")?.command.argv.length, 5);
});

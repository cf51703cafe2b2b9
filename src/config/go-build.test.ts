import assert from "node:assert/strict";
import { test } from "node:test";
import type { GoBuild } from "./config.ts";
import { findGoBuild, shellWords } from "./go-build.ts";

const checkWords = (line: string, expected: readonly string[] | null): void =>
  assert.deepEqual(shellWords(line), expected, line);

test("the words of a shell line are found, unless a shell would change them", () => {
  checkWords("", []);
  checkWords("  a  b ", ["a", "b"]);
  checkWords(`a "b c" 'd e' f\\ g`, ["a", "b c", "d e", "f g"]);
  checkWords(`-ldflags="-s -w"`, ["-ldflags=-s -w"]);
  checkWords(`"" x`, ["", "x"]);
  checkWords(`a"b"'c'`, ["abc"]);
  checkWords(`"a\\"b"`, [`a"b`]);
  checkWords("a $HOME", null);
  checkWords('a "$HOME"', null);
  checkWords("a | b", null);
  checkWords("a `b`", null);
  checkWords("a *.go", null);
  checkWords("a > b", null);
  checkWords("a 'b", null);
});

const checkBuild = (line: string, expected: Partial<GoBuild> | null): void => {
  const found = findGoBuild(line);
  if (expected === null) assert.equal(found, null, line);
  else {
    const usual = {
      dir: "",
      go: "go",
      env: [],
      flags: [],
      output: null,
      packages: [],
      alone: true,
    };
    assert.deepEqual(found, { ...usual, ...expected }, line);
  }
};

test("go build is found in a shell line", () => {
  checkBuild("go build", {});
  checkBuild("go build .", { packages: ["."] });
  checkBuild("go build -o ./tmp/main .", { output: "./tmp/main", packages: ["."] });
  checkBuild("go build -o=bin/a ./cmd/a", { output: "bin/a", packages: ["./cmd/a"] });
  checkBuild("go build -race -tags dev -o a ./x ./y", {
    flags: ["-race", "-tags", "dev"],
    output: "a",
    packages: ["./x", "./y"],
  });
  checkBuild(`go build -gcflags="all=-N -l" -o ./tmp/main .`, {
    flags: ["-gcflags=all=-N -l"],
    output: "./tmp/main",
    packages: ["."],
  });
  checkBuild("CGO_ENABLED=0 GOOS=linux go build .", {
    env: ["CGO_ENABLED=0", "GOOS=linux"],
    packages: ["."],
  });
  checkBuild("templ generate && go build -o ./tmp/main .", {
    output: "./tmp/main",
    packages: ["."],
    alone: false,
  });
  checkBuild("go build . && echo done", { packages: ["."], alone: false });
  checkBuild("cd api && go build -o ../bin/api .", {
    dir: "api",
    output: "../bin/api",
    packages: ["."],
  });
  checkBuild("go -C api build", null);
  checkBuild("go build -C api -o x .", { dir: "api", output: "x", packages: ["."] });
  checkBuild("/usr/local/go/bin/go build .", { go: "/usr/local/go/bin/go", packages: ["."] });
  checkBuild("cd && go build .", { dir: "~", packages: ["."] });
  checkBuild("make build", null);
  checkBuild("true", null);
  checkBuild("go generate ./...", null);
  checkBuild('go build -ldflags "-X main.v=$(git describe)" .', null);
  checkBuild("sh -c 'go build .'", null);
  checkBuild("", null);
});

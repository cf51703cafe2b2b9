import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { floorSteps, words } from "./recipe.ts";

const printed = `WORK=/tmp/go-build1
mkdir -p $WORK/b002/
cd /app/web
/go/tool/compile -o $WORK/b002/_pkg_.a -trimpath "$WORK/b002=>" -p example.com/app/web -pack ./web.go
cd /app
/go/tool/compile -o $WORK/b001/_pkg_.a -p main -pack ./main.go
go tool buildid -w $WORK/b001/_pkg_.a # internal
mkdir -p $WORK/b001/exe/
cd .
GOROOT='/go' /go/tool/link -o $WORK/b001/exe/a.out -importcfg $WORK/b001/importcfg.link $WORK/b001/_pkg_.a
mv $WORK/b001/exe/a.out /tmp/app
`;

test("the floor compiles the changed package in its directory and links", () => {
  deepEqual(floorSteps(printed, { package: "example.com/app/web", dir: "/app" }), [
    {
      dir: "/app/web",
      argv: [
        "/go/tool/compile",
        "-o",
        "/tmp/go-build1/b002/_pkg_.a",
        "-trimpath",
        "/tmp/go-build1/b002=>",
        "-p",
        "example.com/app/web",
        "-pack",
        "./web.go",
      ],
    },
    {
      dir: "/app",
      argv: [
        "/go/tool/link",
        "-o",
        "{out}",
        "-importcfg",
        "/tmp/go-build1/b001/importcfg.link",
        "/tmp/go-build1/b001/_pkg_.a",
      ],
    },
  ]);
});

test("a build that compiled nothing gives no floor", () => {
  equal(floorSteps("", { package: "main", dir: "/app" }), null);
  equal(floorSteps(printed, { package: "example.com/app/other", dir: "/app" }), null);
  equal(floorSteps("WORK=/tmp/x\n", { package: "main", dir: "/app" }), null);
});

test("words are split like a shell splits them", () => {
  check("", []);
  check("cd  /a b", ["cd", "/a", "b"]);
  check('x "a b"c \'d "e"\'', ["x", "a bc", 'd "e"']);
  check('x "a\\"b"', ["x", 'a"b']);
  check("A=1 B='2 3' x C=4", ["x", "C=4"]);
});

function check(line: string, expected: readonly string[]): void {
  deepEqual(words(line), expected, line);
}

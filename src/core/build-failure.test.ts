import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { buildFailure } from "./build-failure.ts";
import type { FailureCode } from "./failure.ts";

const dir = "/home/ada/shop";

function printed(name: string): string {
  return readFileSync(`test/fixtures/build-output/${name}.txt`, "utf8");
}

function check(output: string, code: FailureCode, message: string, hint: string | null): void {
  const failure = buildFailure(output, {
    dir,
    ownDirs: [dir],
    modulePath: "ex.com/app",
    end: "exit status 1",
  });
  assert.deepEqual(
    { code: failure.code, message: failure.message, hint: failure.hint ?? null },
    { code, message, hint },
  );
}

test("what the compiler says of a source is no trouble with the network", () => {
  const one = "the build failed: 1 error in a.go";
  check(
    "# ex.com/app\n./a.go:4:1: syntax error: unexpected EOF, expected }\n",
    "BUILD_FAILED",
    one,
    null,
  );
  check(
    "# ex.com/app [ex.com/app.test]\n./a.go:4:2: 500 (untyped int constant) is not used\n",
    "BUILD_FAILED",
    one,
    null,
  );
  check(
    "# ex.com/app\n./a.go:4:1: syntax error: unexpected EOF, expected }\ngo: a.b/c@v1.0.0: unexpected EOF\n",
    "MODULE_UNREACHABLE",
    "a.b/c v1.0.0 cannot be downloaded: unexpected EOF",
    "check the network and GOPROXY; the next save tries again",
  );
});

test("compiler errors are counted by file", () => {
  check(printed("type-errors"), "BUILD_FAILED", "the build failed: 4 errors in main.go", null);
  check(printed("syntax-error"), "BUILD_FAILED", "the build failed: 1 error in main.go", null);
  check(printed("line-directive"), "BUILD_FAILED", "the build failed: 3 errors in 2 files", null);
});

test("a failure without own positions is told by its first telling line", () => {
  const reference = "the build failed: undefined reference to `g'";
  check(printed("cgo-link-error"), "BUILD_FAILED", reference, null);
  const target = "the build failed: main.main: relocation target main.f not defined";
  check(printed("link-error"), "BUILD_FAILED", target, null);
  const flag = "the build failed: flag provided but not defined: -tgas";
  check(printed("bad-flag"), "BUILD_FAILED", flag, null);
  check("", "BUILD_FAILED", "the build failed (exit status 1)", null);
});

test("a missing module comes with the command that gets it", () => {
  check(
    "main.go:3:8: no required module provides package github.com/a/b; to add it:\n\tgo get github.com/a/b\n",
    "MODULE_NOT_FOUND",
    "no module in go.mod provides github.com/a/b",
    "run `go get github.com/a/b`",
  );
  check(
    "main.go:3:8: no required module provides package github.com/a/b; to add it:\n\tgo get github.com/a/b\n" +
      "main.go:4:8: no required module provides package github.com/c/d; to add it:\n\tgo get github.com/c/d\n",
    "MODULE_NOT_FOUND",
    "no module in go.mod provides github.com/a/b and 1 more",
    "run `go mod tidy`",
  );
  const sum = "go.sum does not know github.com/gin-gonic/gin";
  check(printed("missing-sum"), "MODULE_SUM_MISSING", sum, "run `go mod tidy`");
});

test("a missing package of the own module is not to be got from anywhere", () => {
  for (const [name, path] of [
    ["missing-own-package", "ex.com/app/main2"],
    ["missing-packages", "ex.com/app/nope"],
  ] as const) {
    const message = `there is no package ${path} in this module`;
    check(
      printed(name),
      "MODULE_NOT_FOUND",
      message,
      "check the import path, or create the package",
    );
  }
});

test("other troubles with modules have their own hints", () => {
  check(
    "main.go:4:1: package nostd/pkg is not in std (/usr/local/go/src/nostd/pkg)",
    "MODULE_NOT_FOUND",
    "package nostd/pkg is neither in the standard library nor in a module",
    "check the import path: it begins with the path of its module (this module is ex.com/app)",
  );
  check(
    printed("no-replacement"),
    "MODULE_NOT_FOUND",
    "go.mod replaces a module by ../nolib, which does not exist",
    "correct the `replace` line in go.mod",
  );
  check(
    "go: inconsistent vendoring in /home/ada/shop:\n\tex.com/lib@v0.0.0: is explicitly required in go.mod\n\n\tTo sync the vendor directory, run:\n\t\tgo mod vendor\n",
    "VENDOR_OUTDATED",
    "vendor/modules.txt does not fit go.mod",
    "run `go mod vendor`",
  );
  check(
    "go: updates to go.mod needed; to update it:\n\tgo mod tidy\n",
    "MODULE_FILE_OUTDATED",
    "the module files do not fit the imports",
    "run `go mod tidy`",
  );
  check(
    "go: ex.com/x@v1.0.0: module lookup disabled by GOPROXY=off\n",
    "MODULE_UNREACHABLE",
    "ex.com/x v1.0.0 is not in the module cache, and GOPROXY=off forbids to download it",
    "unset GOPROXY, or put the module into the cache or into vendor",
  );
});

test("what stands before the compiler is recognised", () => {
  check(
    printed("go-too-old"),
    "GO_TOO_OLD",
    "go.mod needs Go 1.99, and this is Go 1.26.8",
    "install a newer Go, or unset GOTOOLCHAIN so that Go may fetch one",
  );
  const init = "run `go mod init example.com/name`";
  check(printed("no-module"), "NO_MODULE", "there is no go.mod here or above", init);
  const named = "name the directory of the main package, as in `gust run ./cmd/api`";
  check(printed("no-go-files"), "NO_MAIN_PACKAGE", `there are no Go files in ${dir}`, named);
  check(printed("no-directory"), "NO_MAIN_PACKAGE", `${dir}/cmd/nope does not exist`, named);
  check(
    printed("no-c-compiler"),
    "BUILD_FAILED",
    "cgo needs a C compiler, and nogcc is not installed",
    "install a C compiler, or set CGO_ENABLED=0 where C is not needed",
  );
  check(
    printed("import-cycle"),
    "BUILD_FAILED",
    "import cycle: ex.com/app/a → ex.com/app/b → ex.com/app/a",
    "move what they share into a third package",
  );
});

test("a full disk is told as such, whoever noticed it", () => {
  const hint = "free some space, for example with `go clean -cache`";
  for (const line of [
    "/usr/local/go/pkg/tool/linux_amd64/link: flushing $WORK/b001/exe/a.out: no space left on device",
    "go: writing go.sum: disk quota exceeded",
  ]) {
    check(`# ex.com/app\n${line}\n`, "DISK_FULL", `the disk is full: ${line}`, hint);
  }
});

test("a compiler that the system killed points at memory", () => {
  check(
    "# ex.com/app\n/usr/local/go/pkg/tool/linux_amd64/compile: signal: killed\n",
    "BUILD_FAILED",
    "the system ended the compiler, most likely for want of memory",
    'let fewer compilers run at once: build.flags = ["-p=1"]',
  );
});

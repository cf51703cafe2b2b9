import assert from "node:assert/strict";
import { test } from "node:test";
import { buildFailure } from "./build-failure.ts";
import type { FailureCode } from "./failure.ts";

const dir = "/home/ada/shop";

function check(
  output: string,
  code: FailureCode,
  message: string,
  more: { readonly hint?: RegExp; readonly fix?: string; readonly at?: string } = {},
): void {
  const failure = buildFailure(output, { dir, ownDirs: [dir], modulePath: "ex.com/app" });
  assert.deepEqual([failure.code, failure.message], [code, message]);
  if (more.hint !== undefined) assert.match(failure.hint ?? "", more.hint);
  assert.equal(failure.fix?.join(" "), more.fix);
  if (more.at === undefined) return;
  const [first] = failure.diagnostics ?? [];
  assert.equal(`${first?.file}:${first?.line}`, more.at);
}

test("what a go command puts right comes with that command", () => {
  check(
    "main.go:3:8: no required module provides package github.com/a/b; to add it:\n\tgo get github.com/a/b\n",
    "MODULE_NOT_FOUND",
    "no module in go.mod provides github.com/a/b",
    { hint: /go get github/, fix: "get github.com/a/b", at: `${dir}/main.go:3` },
  );
  check(
    "main.go:2:8: missing go.sum entry for module providing package a.b/c (imported by ex.com/app); to add:\n\tgo get ex.com/app\n",
    "MODULE_SUM_MISSING",
    "go.sum does not know a.b/c",
    { fix: "mod tidy", at: `${dir}/main.go:2` },
  );
  check(
    "go: a.b/c@v1.0.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download a.b/c\n",
    "MODULE_SUM_MISSING",
    "go.sum does not know a.b/c@v1.0.0",
    { fix: "mod tidy" },
  );
  check(
    "go: updates to go.mod needed; to update it:\n\tgo mod tidy\n",
    "MODULE_FILE_OUTDATED",
    "the module files do not fit the imports",
    { fix: "mod tidy" },
  );
  check(
    "go: module lib listed in go.work file requires go >= 1.22, but go.work lists go 1.21; to update it:\n\tgo work use\n",
    "MODULE_FILE_OUTDATED",
    "go.work does not fit its modules",
    { fix: "work use" },
  );
  check(
    "current directory is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use .\n",
    "MODULE_FILE_OUTDATED",
    "go.work does not fit its modules",
    { fix: "work use ." },
  );
  check(
    "go: inconsistent vendoring in /home/ada/shop:\n\ta.b/c@v1.1.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt\n\n\tTo ignore the vendor directory, use -mod=readonly or -mod=mod.\n\tTo sync the vendor directory, run:\n\t\tgo mod vendor\n",
    "VENDOR_OUTDATED",
    "vendor/modules.txt does not fit go.mod",
    { fix: "mod vendor" },
  );
  check(
    "go: inconsistent vendoring in /home/ada/shop:\n\ta.b/c@v1.1.0: is explicitly required\n\n\tTo sync the vendor directory, run:\n\t\tgo work vendor\n",
    "VENDOR_OUTDATED",
    "vendor/modules.txt does not fit go.work",
    { fix: "work vendor" },
  );
});

test("what cannot be had is told apart by the reason", () => {
  check(
    'main.go:2:8: a.b/c@v1.0.0: Get "http://127.0.0.1:1/a.b/c/@v/v1.0.0.zip": dial tcp 127.0.0.1:1: connect: connection refused\n',
    "MODULE_UNREACHABLE",
    "a.b/c v1.0.0 cannot be downloaded: dial tcp 127.0.0.1:1: connect: connection refused",
    { hint: /network and GOPROXY/ },
  );
  check(
    'go: a.b/c@v1.0.0: Get "https://proxy.example.com/a.b/c/@v/v1.0.0.mod": dial tcp: lookup proxy.example.com: no such host\n',
    "MODULE_UNREACHABLE",
    "a.b/c v1.0.0 cannot be downloaded: dial tcp: lookup proxy.example.com: no such host",
  );
  check(
    "go: downloading a.b/c v1.0.0\nmain.go:2:8: module lookup disabled by GOPROXY=off\n",
    "MODULE_UNREACHABLE",
    "a module is not in the module cache, and GOPROXY=off forbids to download it",
  );
  check(
    "a.b/c@v1.7.0: reading https://proxy.example.com/a.b/c/@v/v1.7.0.info: 404 Not Found\n\tserver response: not found: a.b/c@v1.7.0: invalid version: unknown revision v1.7.0\n",
    "MODULE_VERSION_UNKNOWN",
    "a.b/c v1.7.0 is not to be found: there is no such module or version, or it is private",
    { hint: /GOPRIVATE=a\.b/ },
  );
  check(
    "go: a.b/c@v1.7.0: reading https://proxy.example.com/a.b/c/@v/v1.7.0.info: 410 Gone\n",
    "MODULE_VERSION_UNKNOWN",
    "a.b/c v1.7.0 is not to be found: there is no such module or version, or it is private",
  );
  check(
    "go: git.ex.com/team/lib@v1.0.0: invalid version: git ls-remote -q origin in /go/pkg/mod/cache/vcs/1f: exit status 128:\n\tfatal: could not read Username for 'https://git.ex.com': terminal prompts disabled\nConfirm the import path was entered correctly.\n",
    "MODULE_PRIVATE",
    "git.ex.com/team/lib v1.0.0 is private, or needs credentials that git or the proxy did not get",
    { hint: /GOPRIVATE=git\.ex\.com/ },
  );
  check(
    "go: git.ex.com/team/lib@v1.0.0: reading https://proxy.ex.com/team/lib/@v/v1.0.0.info: 403 Forbidden\n",
    "MODULE_PRIVATE",
    "git.ex.com/team/lib v1.0.0 is private, or needs credentials that git or the proxy did not get",
  );
  check(
    "verifying a.b/c@v1.0.0: checksum mismatch\n\tdownloaded: h1:2s=\n\tgo.sum:     h1:As=\n\nSECURITY ERROR\nThis download does NOT match an earlier download recorded in go.sum.\n",
    "MODULE_CHECKSUM",
    "a.b/c v1.0.0 is not what go.sum knows: its checksum is another one",
    { hint: /go help module-auth/ },
  );
  check(
    "go: ex.com/app imports\n\ta.b/nope: cannot find module providing package a.b/nope: module a.b/nope: reading file:///p/a.b/nope/@v/list: no such file or directory\n",
    "MODULE_NOT_FOUND",
    "no module provides a.b/nope",
    { hint: /check the import path/ },
  );
});

test("a module file with a mistake is told with its line", () => {
  check(
    "go: errors parsing go.mod:\ngo.mod:8: unknown directive: requir\n",
    "MODULE_FILE_INVALID",
    "go.mod:8: unknown directive: requir",
    { at: `${dir}/go.mod:8` },
  );
  check(
    "go: errors parsing ../go.work:\n/home/ada/go.work:4: usage: use local/dir\n",
    "MODULE_FILE_INVALID",
    "go.work:4: usage: use local/dir",
    { at: "/home/ada/go.work:4" },
  );
  check(
    'go: errors parsing go.mod:\ngo.mod:5: require a.b/c: version "master" invalid: unknown revision master\n',
    "MODULE_VERSION_UNKNOWN",
    "a.b/c is not to be found: there is no such module or version, or it is private",
  );
  check(
    "go: cannot load module nolib listed in go.work file: open nolib/go.mod: no such file or directory\n",
    "MODULE_FILE_INVALID",
    "go.work uses nolib, which has no go.mod",
  );
});

test("a toolchain that cannot be had is told by its name", () => {
  check(
    "go: go.mod requires go >= 1.99.0 (running go 1.26.8; GOTOOLCHAIN=local)\n",
    "GO_TOO_OLD",
    "go.mod needs Go 1.99.0, and this is Go 1.26.8",
  );
  check(
    "go: downloading go1.99.0 (linux/amd64)\ngo: download go1.99.0 for linux/amd64: toolchain not available\n",
    "TOOLCHAIN_MISSING",
    "the toolchain go1.99.0 is not on this machine, and it is not available for download",
  );
  check(
    'go: download go1.99.0: golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64: Get "http://127.0.0.1:1/x.zip": dial tcp 127.0.0.1:1: connect: connection refused\n',
    "TOOLCHAIN_MISSING",
    'the toolchain go1.99.0 is not on this machine, and it cannot be downloaded: Get "http://127.0.0.1:1/x.zip": dial tcp 127.0.0.1:1: connect: connection refused',
  );
  check(
    "go: golang.org/toolchain@v0.0.1-go1.99.0.linux-amd64: verifying module: checksum database disabled by GOSUMDB=off\n",
    "TOOLCHAIN_MISSING",
    "the toolchain go1.99.0 is not on this machine, and it cannot be downloaded: verifying module: checksum database disabled by GOSUMDB=off",
  );
  check(
    'go: cannot find "go1.99.0" in PATH\n',
    "TOOLCHAIN_MISSING",
    "the toolchain go1.99.0 is not on this machine, and it is not in the PATH, and GOTOOLCHAIN allows no download",
  );
  check(
    'go: invalid GOTOOLCHAIN "go9.99.0"\n',
    "TOOLCHAIN_MISSING",
    "the toolchain go9.99.0 is not on this machine, and there is no such version",
  );
});

test("what a compiler or a program prints is no trouble with modules", () => {
  const output = "# ex.com/app\nin file x.c: dial tcp fails\n./main.go:3:1: undefined: x\n";
  check(output, "BUILD_FAILED", "the build failed: 1 error in main.go");
});

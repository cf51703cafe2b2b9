import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createReadStream, readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isRunning } from "../world/running.ts";
import { goEnv, putFiles } from "../world/temp-module.ts";
import { built, failed, mod, openWorkshop, saying } from "./builder-kit.ts";

/** What a kept binary prints. */
function run(path: string | null): string {
  return spawnSync(path ?? "", { encoding: "utf8" }).stderr.trim();
}

test("go build makes a binary under its own name in the directory of the build", async (t) => {
  const shop = await openWorkshop(t, { "go.mod": mod, "main.go": saying("one") });
  const { artifact, phases, warnings } = built(await shop.build(7));
  assert.equal(artifact.build, 7);
  assert.equal(artifact.path, join(shop.store.dir, "builds", "7", "shop"));
  assert.equal(run(artifact.path), "one");
  const content = readFileSync(artifact.path);
  const buildId = execFileSync("go", ["tool", "buildid", artifact.path], { encoding: "utf8" });
  assert.equal(artifact.hash, `go:${buildId.trim().split("/")[3]}`);
  assert.equal(artifact.sizeBytes, content.length);
  assert.deepEqual(
    phases.map((phase) => phase.name),
    ["build", "check"],
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(readdirSync(join(shop.store.dir, "builds", "7")), ["shop"]);
  assert.deepEqual(readdirSync(shop.dir).toSorted(), ["go.mod", "main.go"]);
  assert.equal(shop.output(), "");
});

test("every build is kept until it is pruned", async (t) => {
  const shop = await openWorkshop(t, { "go.mod": mod, "main.go": saying("one") });
  const first = built(await shop.build(1)).artifact;
  await putFiles(shop.dir, { "main.go": saying("two") });
  const second = built(await shop.build(2)).artifact;
  assert.equal(run(first.path), "one");
  assert.equal(run(second.path), "two");
  assert.notEqual(first.hash, second.hash);
  await putFiles(shop.dir, { "main.go": saying("one") });
  assert.equal(built(await shop.build(3)).artifact.hash, first.hash);
  await shop.builder.prune([2]);
  // The third is newer than what is to be kept, and may still be under way.
  assert.deepEqual(readdirSync(join(shop.store.dir, "builds")).toSorted(), ["2", "3"]);
  await shop.builder.prune([3]);
  assert.deepEqual(readdirSync(join(shop.store.dir, "builds")), ["3"]);
});

test("flags, GOFLAGS and the environment reach go build", async (t) => {
  const files = {
    "go.mod": mod,
    "main.go": 'package main\n\nvar word = "unset"\n\nfunc main() { println(word, dev) }\n',
    "dev.go": '//go:build dev\n\npackage main\n\nconst dev = "dev"\n',
  };
  const shop = await openWorkshop(t, files, {
    flags: ["-tags", "dev", "-ldflags=-X main.word=set", "-o", "elsewhere"],
    env: async () => goEnv({ GOFLAGS: "-mod=mod -trimpath" }),
  });
  assert.equal(run(built(await shop.build(1)).artifact.path), "set dev");
  assert.equal(existsSync(join(shop.dir, "elsewhere")), false);
});

test("a syntax error is a failure with its position, and leaves nothing", async (t) => {
  const shop = await openWorkshop(t, {
    "go.mod": mod,
    "main.go": "package main\n\nfunc main( {\n",
  });
  const failure = failed(await shop.build(1));
  assert.equal(failure.code, "BUILD_FAILED");
  const [first] = failure.diagnostics ?? [];
  assert.deepEqual(
    { file: first?.file, line: first?.line, own: first?.own },
    { file: join(shop.dir, "main.go"), line: 3, own: true },
  );
  assert.match(failure.seen ?? "", /syntax error/);
  assert.deepEqual(readdirSync(join(shop.store.dir, "builds")), []);
});

test("a missing module is told with the command that gets it", async (t) => {
  const main = 'package main\n\nimport _ "github.com/nobody/nothing"\n\nfunc main() {}\n';
  const shop = await openWorkshop(t, { "go.mod": mod, "main.go": main });
  const failure = failed(await shop.build(1));
  assert.equal(failure.code, "MODULE_NOT_FOUND");
  assert.equal(failure.hint, "run `go get github.com/nobody/nothing`");
});

test("cgo, embedded files, replaced modules and workspaces are built", async (t) => {
  const shop = await openWorkshop(
    t,
    {
      "go.work": "go 1.21\n\nuse (\n\t./app\n\t./lib\n)\n",
      "app/go.mod": `${mod}\nrequire example.com/near v0.0.0\n\nreplace example.com/near => ../near\n`,
      "app/main.go":
        'package main\n\n// static int two(void) { return 2; }\nimport "C"\n\nimport (\n\t_ "embed"\n\n' +
        '\t"example.com/lib"\n\t"example.com/near"\n)\n\n//go:embed word.txt\nvar word string\n\n' +
        "func main() { println(word, C.two(), lib.Name, near.Name) }\n",
      "app/word.txt": "embedded",
      "lib/go.mod": "module example.com/lib\n\ngo 1.21\n",
      "lib/lib.go": 'package lib\n\nconst Name = "lib"\n',
      "near/go.mod": "module example.com/near\n\ngo 1.21\n",
      "near/near.go": 'package near\n\nconst Name = "near"\n',
    },
    { package: "./app", env: async () => goEnv({ CGO_ENABLED: "1" }) },
  );
  assert.equal(run(built(await shop.build(1)).artifact.path), "embedded 2 lib near");
});

test("a binary for another system is not swapped in", async (t) => {
  const other = await openWorkshop(
    t,
    { "go.mod": mod, "main.go": saying("one") },
    { machine: { os: "freebsd", arch: "riscv64" } },
  );
  const failure = failed(await other.build(1));
  assert.equal(failure.code, "BINARY_WRONG_FORMAT");
  assert.match(failure.message, /cannot run here \(freebsd\/riscv64\): it is \w+\/\w+$/);
  assert.match(failure.hint ?? "", /GOOS and GOARCH/);
});

test("a library named as the program is recognised", async (t) => {
  const shop = await openWorkshop(t, { "go.mod": mod, "lib.go": "package lib\n" });
  const failure = failed(await shop.build(1));
  assert.match(failure.code, /^BINARY_/);
  assert.deepEqual(readdirSync(join(shop.store.dir, "builds")), []);
});

test("a cancelled build leaves no process and no file", async (t) => {
  // A toolexec that waits keeps `go build` at work with a child of its own.
  const tool = 'case "$*" in *-V=full*) exec "$@";; esac\nexec 3> pipe\necho $$ >&3\nsleep 1000\n';
  const shop = await openWorkshop(
    t,
    { "go.mod": mod, "main.go": saying("one"), "wait.sh": tool },
    { flags: ["-a", "-toolexec=sh wait.sh"] },
  );
  execFileSync("mkfifo", [join(shop.dir, "pipe")]);
  const controller = new AbortController();
  const building = shop.build(1, controller.signal);
  const pipe = createReadStream(join(shop.dir, "pipe"), "utf8");
  const ended = once(pipe, "end");
  const [text] = await once(pipe, "data");
  const child = Number.parseInt(text, 10);
  assert.equal(isRunning(child), true);
  controller.abort();
  assert.deepEqual(await building, { type: "cancelled" });
  // The pipe ends with the last of those who have it; they hold nothing else that is seen here.
  await ended;
  assert.equal(isRunning(child), false);
  assert.equal(shop.processes.alive.size, 0);
  assert.deepEqual(readdirSync(join(shop.store.dir, "builds")), []);
});

test("a build that is cancelled before it begins starts nothing", async (t) => {
  const shop = await openWorkshop(t, { "go.mod": mod, "main.go": saying("one") });
  assert.deepEqual(await shop.build(1, AbortSignal.abort()), { type: "cancelled" });
  assert.deepEqual(shop.processes.spawned, []);
});

test("a build that takes too long is ended and says so", async (t) => {
  const shop = await openWorkshop(
    t,
    { "go.mod": mod, "main.go": saying("one"), "wait.sh": "sleep 1000\n" },
    { flags: ["-a", "-toolexec=sh wait.sh"], timeoutMs: 300 },
  );
  const failure = failed(await shop.build(1));
  assert.equal(failure.code, "BUILD_TIMEOUT");
  assert.match(failure.message, /0\.3 s/);
  assert.equal(shop.processes.alive.size, 0);
});

test("a directory that cannot be written, an environment that cannot be had, are failures", async (t) => {
  const files = { "go.mod": mod, "main.go": saying("one") };
  const full = { code: "DISK_FULL", message: "the disk is full: cannot make /x" } as const;
  const shop = await openWorkshop(t, files, {
    kept: { dir: "/x", prepare: async () => full, discard: async () => {}, prune: async () => {} },
  });
  assert.deepEqual(failed(await shop.build(1)), full);
  const enospc = Object.assign(new Error("ENOSPC: no space left on device, mkdir"), {
    code: "ENOSPC",
  });
  const other = await openWorkshop(t, files, { env: () => Promise.reject(enospc) });
  assert.equal(failed(await other.build(1)).code, "DISK_FULL");
});

test("a process that cannot be started at all is a failure", async (t) => {
  const shop = await openWorkshop(t, { "go.mod": mod }, { go: "/nonexistent/go" });
  const failure = failed(await shop.build(1));
  assert.match(failure.message, /cannot start \/nonexistent\/go/);
});

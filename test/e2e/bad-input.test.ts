import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { FailureCode } from "../../src/core/failure.ts";
import { freePort, hasProc } from "./census.ts";
import { Gust, type GustOptions } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";

const goMod = "module example.com/bad\n\ngo 1.21\n";

/** Starts gust where it cannot begin, and returns what it says about that. */
async function refused(
  project: Project,
  expected: { readonly code: number; readonly failure: FailureCode },
  options: GustOptions = {},
): Promise<string> {
  const gust = await Gust.start(project, options);
  await gust.ended(expected.code);
  const problems = gust.log.since(0, "problem").filter(({ what }) => what === "error");
  assert.deepEqual(
    problems.map(({ failure }) => failure.code),
    [expected.failure],
    gust.log.tail(),
  );
  assert.equal(gust.log.since(0, "bye").at(-1)?.code, expected.code);
  return JSON.stringify(problems[0]?.failure);
}

test("outside of a module gust says so, and exits with 2", async (t) => {
  const project = await Project.create(t, null, { "main.go": "package main\n\nfunc main() {}\n" });
  const said = await refused(project, { code: 2, failure: "NO_MODULE" });
  assert.match(said, /go mod init/);
});

test("a module without a main package is nothing to run", async (t) => {
  const project = await Project.create(t, null, {
    "go.mod": goMod,
    "lib.go": "package lib\n",
  });
  await refused(project, { code: 2, failure: "NO_MAIN_PACKAGE" });
});

test("an empty directory is nothing to run", async (t) => {
  const project = await Project.create(t, null, { "go.mod": goMod });
  await refused(project, { code: 2, failure: "NO_MAIN_PACKAGE" });
});

test("of several main packages one has to be named, where nobody can be asked", async (t) => {
  const project = await Project.create(t, "two");
  const said = await refused(project, { code: 2, failure: "SEVERAL_MAIN_PACKAGES" });
  assert.match(said, /\.\/cmd\/a\b.*\.\/cmd\/b\b/);
  const gust = await Gust.start(project, { args: ["./cmd/b"] });
  await gust.next("live");
  assert.equal(await gust.get(), "b shared");
  await gust.stop();
});

test("a package that does not exist is wrong use", async (t) => {
  const project = await Project.create(t, "two");
  const gust = await Gust.start(project, { args: ["./cmd/c"] });
  await gust.ended(2);
  assert.match(JSON.stringify(gust.log.since(0, "problem")), /cmd\/c/);
});

test("without go in the PATH gust says what is missing", async (t) => {
  const project = await Project.create(t, "service", { "../nothing/here": "" });
  const path = join(project.place, "nothing");
  const said = await refused(
    project,
    { code: 2, failure: "GO_MISSING" },
    { env: { PATH: path, GOROOT: undefined } },
  );
  assert.match(said, /go\.dev/);
});

test("a module for a newer Go is told as such, and a save that mends it is live", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.edit("go.mod", "go 1.21", "go 1.999");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "GO_TOO_OLD");
  await project.edit("go.mod", "go 1.999", "go 1.21");
  await gust.next("state", ({ live }) => live);
  await gust.stop();
});

test("with a syntax error at the first build nothing runs, until it is mended", async (t) => {
  const project = await Project.create(t, "service", {
    "answer.go": "package main\n\nfunc answer() string {\n",
  });
  const gust = await Gust.start(project);
  const failed = await gust.next("failed");
  assert.equal(failed.serving, null);
  assert.equal(failed.failure.diagnostics?.[0]?.file, project.path("answer.go"));
  assert.equal(failed.failure.diagnostics[0].line, 4);
  await gust.saveAndLive("answer.go", answerFile("mended"));
  assert.equal(await gust.get(), "mended");
  await gust.stop();
});

test("a syntax error in the package clause of the only file does not hide the program", async (t) => {
  const project = await Project.create(t, null, {
    "go.mod": goMod,
    "main.go": 'package main\n\nimport "fmt\n\nfunc main() {}\n',
  });
  const gust = await Gust.start(project);
  await gust.next("failed");
  await project.save("main.go", 'package main\n\nfunc main() { println("runs") }\n');
  await gust.next("finished");
  await gust.stop();
});

test("a module that is not there is told, with the line that imports it", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  await project.save(
    "answer.go",
    'package main\n\nimport "example.org/nowhere/words"\n\nfunc answer() string { return words.Word }\n',
  );
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "MODULE_NOT_FOUND");
  assert.equal(failed.failure.diagnostics?.[0]?.line, 3);
  assert.match(JSON.stringify(failed.failure), /go get example\.org\/nowhere/);
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("a typo in gust.toml is an error with its line and the nearest name", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": "[build]\nflags = []\ninclude_exts = []\n",
  });
  const gust = await Gust.start(project);
  await gust.ended(2);
  assert.match(gust.stderr, /gust\.toml:3:1/);
  assert.match(gust.stderr, /include_ext\b/);
});

test("a value of the wrong type in gust.toml is an error with its line", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[run]\nstop_timeout = "soon"\n',
  });
  const gust = await Gust.start(project);
  await gust.ended(2);
  assert.match(gust.stderr, /gust\.toml:2:\d+/);
});

test("a typo in .air.toml is a warning, and the program runs", async (t) => {
  const project = await Project.create(t, "service", {
    ".air.toml": "[build]\ninclude_exts = []\n",
  });
  const gust = await Gust.start(project);
  const problem = await gust.next("problem");
  assert.equal(problem.what, "warning");
  assert.match(JSON.stringify(problem.failure), /\.air\.toml:2:1.*include_ext\b/);
  await gust.next("live");
  await gust.stop();
});

test("an unknown flag is wrong use", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { args: ["--build.comd", "x"] });
  await gust.ended(2);
  assert.match(gust.stderr, /build\.cmd/);
});

test("a configuration file that is named and not there is wrong use", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { args: ["-c", "none.toml"] });
  await gust.ended(2);
  assert.match(gust.stderr, /none\.toml/);
});

test("a port that another program holds is told with who holds it", async (t) => {
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const closed = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  t.after(closed);
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { port });
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "START_PORT_TAKEN");
  if (hasProc) assert.match(failed.failure.message, new RegExp(`\\(pid ${process.pid}\\)`));
  await closed();
  await gust.saveAndLive("answer.go", answerFile("the port is free"));
  assert.equal(await gust.get(), "the port is free");
  await gust.stop();
});

test(
  "a directory that cannot be read is told, and the rest is watched",
  mayRestrict(),
  async (t) => {
    const project = await Project.create(t, "service", { "private/page.html": "secret" });
    await chmod(project.path("private"), 0o000);
    t.after(() => chmod(project.path("private"), 0o700).catch(() => undefined));
    const gust = await Gust.start(project, { wrapper: unprivileged() });
    const watching = await gust.next("watching");
    assert.deepEqual(
      watching.failures.map(({ code }) => code),
      ["WATCH_UNREADABLE"],
    );
    assert.match(watching.failures[0]?.message ?? "", /private/);
    await gust.next("live");
    await gust.saveAndLive("answer.go", answerFile("two"));
    assert.equal(await gust.get(), "two");
    await chmod(project.path("private"), 0o700);
    await gust.stop();
  },
);

for (const [name, root] of [
  ["the root of the file system", () => "/"],
  ["the home directory", (home: string) => home],
] as const) {
  test(`${name} is not watched unless that is wanted`, async (t) => {
    const project = await Project.create(t, "service", { "../home/go.mod": goMod });
    const home = join(project.place, "home");
    const env = { HOME: home, GOCACHE: goEnv("GOCACHE"), GOPATH: goEnv("GOPATH") };
    const gust = await Gust.start(project, { args: ["--root", root(home)], env });
    await gust.ended(2);
    assert.match(gust.stderr, /ignore_dangerous_root_dir/);
  });
}

test("a root that does not exist is wrong use", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project, { args: ["--root", "none"] });
  await gust.ended(2);
  assert.match(gust.stderr, /none/);
});

const custom = (cmd: string): string => `[build]
cmd = ${JSON.stringify(cmd)}
bin = "./out/service"
include_ext = ["go", "sh", "html"]
`;

for (const [what, code, cmd] of [
  ["writes no program", "BINARY_MISSING", "true"],
  ["writes a directory", "BINARY_NOT_FILE", "mkdir -p out/service"],
  [
    "writes a file that may not be executed",
    "BINARY_NOT_EXECUTABLE",
    "mkdir -p out; echo > out/service",
  ],
  ["links a program to itself", "BINARY_LINK_LOOP", "mkdir -p out; ln -sf service out/service"],
  [
    "writes a program for another machine",
    "BINARY_WRONG_FORMAT",
    "go build -o out/service .; printf '\\377\\377' | dd of=out/service bs=1 seek=18 conv=notrunc",
  ],
] as const) {
  test(`a build command that ${what} is told as ${code}, and the program keeps running`, async (t) => {
    const good = "mkdir -p out; go build -o out/service .";
    const project = await Project.create(t, "service", {
      "gust.toml": custom("sh ./build.sh"),
      "build.sh": good,
    });
    const gust = await Gust.start(project);
    const first = await gust.next("live");
    await project.save("build.sh", `rm -rf out/service; ${cmd}`);
    const failed = await gust.next("failed");
    assert.equal(failed.failure.code, code, JSON.stringify(failed.failure));
    assert.equal(await gust.get("/pid"), String(first.pid));
    await project.save("build.sh", `rm -rf out/service; ${good}`);
    await project.save("answer.go", answerFile("good again"));
    await gust.answers("good again");
    await gust.stop();
  });
}

test("a binary that is removed under way is put back for a restart", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": custom("CGO_ENABLED=0 go build -o out/service ."),
    "page.html": "one",
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await rm(project.path("out/service"));
  await gust.saveAndLive("page.html", "two");
  assert.equal(await gust.get("/file/page.html"), "two");
  await gust.stop();
});

test("a binary that is replaced under way is not what a restart or rollback starts", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": custom("CGO_ENABLED=0 go build -o out/service ."),
    "page.html": "one",
  });
  const replace = async (): Promise<void> => {
    await writeFile(project.path("../other"), "#!/bin/sh\nexit 9\n", { mode: 0o755 });
    await rename(project.path("../other"), project.path("out/service"));
  };
  const gust = await Gust.start(project);
  await gust.next("live");
  await replace();
  await gust.saveAndLive("page.html", "two");
  assert.equal(await gust.get("/file/page.html"), "two");
  await project.save("hooks.go", hooksFile({ atStart: "os.Exit(5)" }));
  // The last good version serves beside it all the time.
  await gust.next("failed", ({ serving }) => serving !== null);
  assert.equal(await gust.get(), "one");
  await gust.saveAndLive("hooks.go", hooksFile());
  await gust.stop();
});

test("a build command that does not exist is told as such", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": custom("no-such-command-here -o out/service ."),
  });
  const gust = await Gust.start(project);
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "BUILD_COMMAND_NOT_FOUND", JSON.stringify(failed.failure));
  assert.match(failed.failure.message, /no-such-command-here/);
  await gust.stop();
});

test("a build that takes too long is stopped, with its children", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": `${custom("sh ./build.sh")}timeout = "500ms"\n`,
    "build.sh": "sleep 600 & wait",
  });
  const gust = await Gust.start(project);
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "BUILD_TIMEOUT");
  assert.deepEqual(
    [...gust.processes().values()].filter((command) => command.startsWith("sleep")),
    [],
  );
  await gust.stop();
});

test("a full disk is told as such, and the program keeps running until there is room", async (t) => {
  const project = await Project.create(t, "service");
  const small = join(project.place, "small");
  await mkdir(small);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=24m", "none", small]);
  if (mounted.status !== 0) return t.skip("a small file system cannot be mounted here");
  const gust = await Gust.start(project, { env: { GUST_CACHE_DIR: small } });
  project.onCleanUp(async () => void spawnSync("umount", [small]));
  await gust.next("live");
  fill(join(small, "filler"));
  await project.save("answer.go", answerFile("two"));
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "DISK_FULL", JSON.stringify(failed.failure));
  assert.equal(await gust.get(), "one");
  await rm(join(small, "filler"));
  await gust.saveAndLive("answer.go", answerFile("three"));
  assert.equal(await gust.get(), "three");
  await gust.stop();
});

/** Writes until there is no more room. */
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch (error) {
    assert.match(String(error), /ENOSPC/);
  } finally {
    closeSync(file);
  }
}

/** A user for whom permissions count; root has the rights to pass them by. */
function unprivileged(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"];
}

function mayRestrict(): { readonly skip?: string } {
  if (process.platform === "win32") return { skip: "Windows has other permissions" };
  const [wrapper, ...args] = unprivileged();
  const works = wrapper === undefined || spawnSync(wrapper, [...args, "true"]).status === 0;
  return works ? {} : { skip: "root passes permissions by, and setpriv is missing" };
}

function goEnv(name: string): string {
  return spawnSync("go", ["env", name], { encoding: "utf8" }).stdout.trim();
}

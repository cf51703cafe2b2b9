import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isRunning } from "../world/running.ts";
import { putFiles, tempFiles } from "../world/temp-module.ts";
import { built, failed, mod, openWorkshop, saying } from "./builder-kit.ts";

const script = (word: string): string =>
  `printf '#!/bin/sh\\necho ${word}\\n' > app && chmod +x app`;

test("a command of the user's builds, and what it wrote is kept as a copy", async (t) => {
  const shop = await openWorkshop(
    t,
    { "go.mod": mod, "main.go": saying("one") },
    { cmd: "echo building; go build -o tmp/main .", bin: "tmp/main" },
  );
  const { artifact, phases } = built(await shop.build(3));
  assert.equal(artifact.path, join(shop.store.dir, "builds", "3", "main"));
  assert.deepEqual(readFileSync(artifact.path), readFileSync(join(shop.dir, "tmp/main")));
  assert.equal(statSync(artifact.path).mode & 0o111, 0o111);
  assert.deepEqual(
    phases.map((phase) => phase.name),
    ["build", "check"],
  );
  assert.equal(shop.output(), "building\n");
});

test("a kept copy is put back in one step for a rollback", async (t) => {
  const shop = await openWorkshop(
    t,
    { word: "one" },
    {
      cmd: 'printf "#!/bin/sh\\necho $(cat word)\\n" > app && chmod +x app',
      bin: "app",
    },
  );
  const { artifact } = built(await shop.build(1));
  await putFiles(shop.dir, { word: "two" });
  await shop.build(2);
  assert.match(readFileSync(join(shop.dir, "app"), "utf8"), /two/);
  assert.equal(await shop.builder.restore(artifact), null);
  assert.match(readFileSync(join(shop.dir, "app"), "utf8"), /one/);
  assert.deepEqual(readdirSync(shop.dir).toSorted(), ["app", "word"]);
  const gone = { ...artifact, path: join(shop.dir, "gone"), hash: "of another" };
  assert.equal((await shop.builder.restore(gone))?.code, "IO_FAILED");
  assert.match(readFileSync(join(shop.dir, "app"), "utf8"), /one/);
});

test("a binary that somebody removed or changed is put back, and one in its place is left", async (t) => {
  const cmd = 'printf "#!/bin/sh\necho made\n" > app && chmod +x app';
  const shop = await openWorkshop(t, {}, { cmd, bin: "app" });
  const { artifact } = built(await shop.build(1));
  const path = join(shop.dir, "app");
  const { ino } = statSync(path);
  assert.equal(await shop.builder.restore(artifact), null);
  assert.equal(statSync(path).ino, ino);
  await putFiles(shop.dir, { app: "#!/bin/sh\necho half" });
  assert.equal(await shop.builder.restore(artifact), null);
  assert.match(readFileSync(path, "utf8"), /made/);
  rmSync(path);
  assert.equal(await shop.builder.restore(artifact), null);
  assert.match(readFileSync(path, "utf8"), /made/);
});

test("with an opaque run command nothing is looked for and nothing kept", async (t) => {
  const shop = await openWorkshop(t, {}, { cmd: "true", target: { type: "none" } });
  const { artifact } = built(await shop.build(4));
  assert.deepEqual(artifact, { build: 4, path: null, hash: null, sizeBytes: 0, shim: false });
});

test("a command that fails is told with its output and positions", async (t) => {
  const cmd = "echo './main.go:3:5: bad thing' >&2; exit 3";
  const shop = await openWorkshop(t, {}, { cmd, bin: "app" });
  const failure = failed(await shop.build(1));
  assert.equal(failure.code, "BUILD_FAILED");
  assert.equal(failure.diagnostics?.[0]?.message, "bad thing");
  const silent = await openWorkshop(t, {}, { cmd: "exit 3", bin: "app" });
  assert.equal(failed(await silent.build(1)).message, "`exit 3` failed (exit status 3)");
});

test("positions are relative to where the command went", async (t) => {
  const files = { "backend/go.mod": mod, "backend/main.go": "package main\n\nfunc main( {\n" };
  const dir = await tempFiles(t, files);
  const shop = await openWorkshop(
    t,
    {},
    {
      dir,
      cmd: "cd backend && go build -o app .",
      outputDir: join(dir, "backend"),
      bin: "app",
    },
  );
  const [first] = failed(await shop.build(1)).diagnostics ?? [];
  assert.equal(first?.file, join(dir, "backend", "main.go"));
});

test("a command that is not installed is named", async (t) => {
  const shop = await openWorkshop(t, {}, { cmd: "gust-no-such-tool generate", bin: "app" });
  const failure = failed(await shop.build(1));
  assert.equal(failure.code, "BUILD_COMMAND_NOT_FOUND");
  assert.match(failure.message, /gust-no-such-tool/);
});

test("each way in which a binary can be unfit has its own code", async (t) => {
  const check = async (cmd: string, code: string, says: RegExp): Promise<void> => {
    const shop = await openWorkshop(t, {}, { cmd, bin: "app" });
    const failure = failed(await shop.build(1));
    assert.equal(failure.code, code, JSON.stringify(failure));
    assert.match(`${failure.message}\n${failure.seen ?? ""}\n${failure.hint ?? ""}`, says);
    assert.deepEqual(readdirSync(join(shop.store.dir, "builds")), []);
  };
  await check("true", "BINARY_MISSING", /app does not exist/);
  await check(`${script("x")} && mv app other`, "BINARY_MISSING", /did you mean .*other/);
  await check("ln -s nowhere app", "BINARY_MISSING", /symbolic link to a file that does not exist/);
  await check("mkdir app", "BINARY_NOT_FILE", /is a directory/);
  await check("mkfifo app", "BINARY_NOT_FILE", /no regular file/);
  await check(
    `${script("x")} && chmod 0644 app`,
    "BINARY_NOT_EXECUTABLE",
    /mode 0644[^]*chmod \+x/,
  );
  await check("ln -s app app", "BINARY_LINK_LOOP", /leads back to itself/);
  await check("echo hello > app && chmod +x app", "BINARY_WRONG_FORMAT", /no executable format/);
  await check(": > app && chmod +x app", "BINARY_WRONG_FORMAT", /an empty file/);
  await check(
    "printf '\\177ELF\\002\\001\\001\\000\\000\\000\\000\\000\\000\\000\\000\\000\\002\\000\\026\\000' > app && chmod +x app",
    "BINARY_WRONG_FORMAT",
    /linux\/s390x/,
  );
});

test("a binary behind a symbolic link is kept as a file", async (t) => {
  const shop = await openWorkshop(t, {}, { cmd: script("hello"), bin: "app" });
  await putFiles(shop.dir, { real: "" });
  symlinkSync("real", join(shop.dir, "app"));
  const { artifact } = built(await shop.build(1));
  assert.match(readFileSync(artifact.path ?? "", "utf8"), /hello/);
});

test("pre-commands run in order, and one that fails ends their list but not the build", async (t) => {
  const shop = await openWorkshop(
    t,
    {},
    { preCmd: ["echo first", "echo second; exit 4", "echo third"], cmd: script("x"), bin: "app" },
  );
  const { warnings, phases } = built(await shop.build(1));
  assert.equal(shop.output(), "first\nsecond\n");
  assert.deepEqual(
    phases.map((phase) => phase.name),
    ["pre", "build", "check"],
  );
  const [warning] = warnings;
  assert.equal(warnings.length, 1);
  assert.equal(warning?.code, "PRE_COMMAND_FAILED");
  assert.match(warning.message, /exit status 4.*echo second/);
  assert.equal(warning.seen, "second");
});

test("with stop_on_error a failed pre-command ends the build", async (t) => {
  const shop = await openWorkshop(
    t,
    {},
    { preCmd: ["exit 4"], cmd: script("x"), bin: "app", stopOnError: true },
  );
  const outcome = await shop.build(1);
  assert.equal(failed(outcome).code, "PRE_COMMAND_FAILED");
  assert.equal(existsSync(join(shop.dir, "app")), false);
});

test("a cancelled command is killed with its children", async (t) => {
  const cmd = "(trap '' TERM INT HUP; sleep 1000) & echo $!; sleep 1000";
  const shop = await openWorkshop(t, {}, { cmd, bin: "app" });
  const controller = new AbortController();
  const building = shop.build(1, controller.signal);
  await shop.processes.nextOutput();
  controller.abort();
  assert.deepEqual(await building, { type: "cancelled" });
  assert.equal(shop.processes.alive.size, 0);
  const child = Number(shop.output());
  assert.ok(child > 0);
  assert.equal(isRunning(child), false);
});

test("what a command leaves running in the background is ended with it", async (t) => {
  const shop = await openWorkshop(t, {}, { cmd: `sleep 1000 & ${script("x")}`, bin: "app" });
  built(await shop.build(1));
  assert.equal(shop.processes.alive.size, 0);
});

test("the build log holds the output of the last build if it failed", async (t) => {
  const shop = await openWorkshop(t, { "go.mod": mod, "main.go": saying("one") });
  const logFile = join(shop.dir, "tmp", "build-errors.log");
  const logged = await openWorkshop(
    t,
    { "go.mod": mod, "main.go": saying("one") },
    { logFile, cmd: '[ -e good ] || { echo "no good"; exit 1; }', target: { type: "none" } },
  );
  failed(await logged.build(1));
  assert.equal(readFileSync(logFile, "utf8"), "no good\n");
  failed(await logged.build(2));
  assert.equal(readFileSync(logFile, "utf8"), "no good\n");
  await putFiles(logged.dir, { good: "" });
  assert.deepEqual(built(await logged.build(3)).warnings, []);
  assert.equal(readFileSync(logFile, "utf8"), "");
});

test("a build log that cannot be written is said, and the failure stays what it was", async (t) => {
  const shop = await openWorkshop(t, { file: "" });
  const logFile = join(shop.dir, "file", "build-errors.log");
  const other = await openWorkshop(t, {}, { logFile, cmd: "exit 1", bin: "app" });
  const failure = failed(await other.build(1));
  assert.equal(failure.code, "BUILD_FAILED");
  assert.match(failure.seen ?? "", /cannot write the build log/);
});

test("commands that print without end do not fill the memory", async (t) => {
  const cmd = "head -c 30000000 /dev/zero | tr '\\\\0' 'x'; echo; echo the end; exit 1";
  const shop = await openWorkshop(t, {}, { cmd, bin: "app" });
  const failure = failed(await shop.build(1));
  assert.ok((failure.seen ?? "").length < 200_000);
  assert.match(failure.seen ?? "", /bytes left out[^]*the end$/);
});

test(
  "a binary that may not be read is told as such",
  { skip: process.getuid?.() === 0 },
  async (t) => {
    const shop = await openWorkshop(t, {}, { cmd: "true", bin: "app" });
    await putFiles(shop.dir, { app: "#!/bin/sh\n" });
    chmodSync(join(shop.dir, "app"), 0o111);
    assert.equal(failed(await shop.build(1)).code, "BINARY_UNREADABLE");
  },
);

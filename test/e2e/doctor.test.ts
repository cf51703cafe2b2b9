import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Gust, type GustOptions, runGust } from "./gust.ts";
import { Project } from "./project.ts";

interface Finding {
  readonly name: string;
  readonly verdict: string;
  readonly seen: string;
  readonly hint: string | null;
  readonly details: readonly string[];
}

/** Runs `gust doctor --json` in a project. */
async function examine(project: Project, args: readonly string[] = [], options: GustOptions = {}) {
  const gust = await runGust(project, {
    ...options,
    args: ["doctor", "--json", ...args],
    json: false,
  });
  const lines = gust.stdout.split("\n").filter((line) => line !== "");
  const objects = lines.map((line) => JSON.parse(line));
  const findings: readonly Finding[] = objects.filter((one) => one.type === "check");
  assert.deepEqual(gust.processes(), new Map(), "processes are left");
  return {
    code: gust.code,
    last: objects.at(-1),
    names: [...new Set(findings.map((one) => one.name))],
    problems: findings.filter((one) => one.verdict === "problem").map((one) => one.name),
    of: (name: string) => findings.filter((one) => one.name === name),
  };
}

test("a healthy project has no problems, and every check is told", async (t) => {
  const project = await Project.create(t, "service");
  const seen = await examine(project);
  assert.deepEqual(seen.problems, []);
  assert.equal(seen.code, 0);
  assert.deepEqual(
    seen.names,
    "go node keeper cache config program watched files watches control runs ports swap editor".split(
      " ",
    ),
  );
  assert.deepEqual(
    { type: seen.last.type, problems: seen.last.problems, v: seen.last.v },
    { type: "doctor", problems: 0, v: 1 },
  );
  assert.match(seen.of("go")[0]?.seen ?? "", /^go1\.\d+/);
  assert.match(seen.of("program")[0]?.seen ?? "", /: \. in .+, built by gust's own go build$/);
  const watched = seen.of("watched")[0];
  assert.match(watched?.seen ?? "", /^\d+ director(?:y|ies) \(\w+\), 1 package/);
  assert.ok(watched?.details.includes(`root       ${project.root}`), watched?.details.join("\n"));
  assert.ok(watched?.details.includes("module     go.mod"), watched?.details.join("\n"));
});

test("for a person there is one line for each check, and with --verbose what is watched", async (t) => {
  const project = await Project.create(t, "service");
  const brief = await runGust(project, { args: ["doctor"], json: false });
  assert.equal(brief.code, 0);
  assert.match(brief.stdout, /^ok {7}go {7}go1/);
  assert.doesNotMatch(brief.stdout, /left out/);
  assert.match(brief.stdout, /\nno problems(?:, \d+ to think about)?\n$/);
  const long = await runGust(project, { args: ["doctor", "--verbose"], json: false });
  assert.match(long.stdout, /\n {18}module {5}go\.mod\n/);
  assert.match(long.stdout, /\n {18}left out {3}tmp\n/);
});

test("wrong use exits with 2 and examines nothing", async (t) => {
  const project = await Project.create(t, "service");
  for (const args of [["serve"], ["-c", "none.toml"], ["--root", "nowhere"], ["--nonsense"]]) {
    const gust = await runGust(project, { args: ["doctor", ...args], json: false });
    assert.equal(gust.code, 2, args.join(" "));
    assert.equal(gust.stdout, "", args.join(" "));
    assert.notEqual(gust.stderr, "", args.join(" "));
  }
});

test("a bad configuration is a problem, and the machine is looked at all the same", async (t) => {
  const project = await Project.create(t, "service", { "gust.toml": "[build]\ndealy = 1\n" });
  const seen = await examine(project);
  assert.equal(seen.code, 1);
  assert.deepEqual(seen.problems, ["config"]);
  assert.deepEqual(
    { seen: seen.of("config")[0]?.seen, hint: seen.of("config")[0]?.hint },
    { seen: "gust.toml:2:1: unknown key build.dealy", hint: "did you mean build.delay?" },
  );
  assert.equal(seen.of("go")[0]?.verdict, "ok");
});

test("without Go it says so, and that the keeper cannot be built", async (t) => {
  const project = await Project.create(t, "service");
  const bin = join(project.place, "bin");
  await mkdir(bin);
  const seen = await examine(project, [], { env: { PATH: bin } });
  assert.equal(seen.code, 1);
  assert.ok(seen.problems.includes("go"), seen.problems.join());
  assert.match(seen.of("go")[0]?.seen ?? "", /^Go is not installed/);
  assert.equal(seen.of("keeper")[0]?.verdict, "advice");
});

test("several programs are listed, and one that is named is taken", async (t) => {
  const main = "package main\n\nfunc main() {}\n";
  const project = await Project.create(t, null, {
    "go.mod": "module example.com/two\n\ngo 1.21\n",
    "cmd/api/main.go": main,
    "cmd/web/main.go": main,
  });
  const seen = await examine(project);
  assert.equal(seen.code, 0);
  const [program] = seen.of("program");
  assert.equal(program?.verdict, "advice");
  assert.deepEqual(program?.details, ["./cmd/api", "./cmd/web"]);
  const named = await examine(project, ["./cmd/web"]);
  assert.match(named.of("program")[0]?.seen ?? "", /^web: \.\/cmd\/web in /);
});

test("a configured port that another program holds is a problem that names it", async (t) => {
  const port = await listen(t);
  const project = await Project.create(t, "service", {
    "gust.toml": `[ready]\nports = [${port}]\n`,
  });
  const seen = await examine(project);
  assert.equal(seen.code, 1);
  assert.deepEqual(seen.problems, ["ports"]);
  const [taken] = seen.of("ports");
  assert.match(taken?.seen ?? "", new RegExp(`^${port} \\(ready\\.ports\\) is used by `));
  if (process.platform === "linux") {
    assert.match(taken?.seen ?? "", new RegExp(`, pid ${process.pid}$`));
  }
});

test("a gust that runs here is told with what is live, and its port is no problem", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await Gust.start(project);
  await gust.next("live");
  const seen = await examine(project);
  assert.deepEqual(seen.problems, []);
  const address = `127.0.0.1:${gust.port}`;
  assert.equal(seen.of("runs")[0]?.seen, `gust (pid ${gust.pid}) runs .: #1 is live on ${address}`);
  assert.match(
    seen.of("ports")[0]?.seen ?? "",
    new RegExp(`^${gust.port} \\(the program\\) is used by .+, under gust$`),
  );
  await gust.stop();
});

test("what a killed gust left is named by its pids, until the next start ends it", async (t) => {
  const project = await Project.create(t, "service");
  // The keeper would not let the program outlive gust.
  const first = await Gust.start(project, { env: { GUST_BACKEND: "node" } });
  const { pid } = await first.next("live");
  first.kill("SIGKILL");
  await first.exited;
  const seen = await examine(project);
  assert.deepEqual(seen.problems, []);
  assert.equal(
    seen.of("runs")[0]?.seen,
    `a killed gust (pid ${first.pid}) has left 1 process: ${pid}`,
  );
  const second = await Gust.start(project, { port: first.port });
  await second.next("live");
  assert.equal([...first.processes().keys()].includes(pid), false);
  await second.stop();
});

/** A port of this process, until the end of the test. */
async function listen(t: TestContext): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { freePort } from "./census.ts";
import { Gust } from "./gust.ts";
import { asBrowser, fetchOnce, keptAgent } from "./http-client.ts";
import { Project } from "./project.ts";

const linux = process.platform === "linux" ? {} : { skip: "sockets are held on Linux only" };

const answer = (word: string): string =>
  `package main\n\nfunc answer() string { return "${word}" }\n`;
const red = "package main\n\nfunc answer() string { return 1 }\n";
const hooks = (body: string, imports = ""): string =>
  `package main\n\n${imports}\n\nfunc atStart() { ${body} }\n`;

const health = (status: number): string =>
  hooks(
    `http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(${status}) })`,
    'import "net/http"',
  );

test(
  "answers tell which build they are from, and that a newer one has failed",
  linux,
  async (t) => {
    const project = await Project.create(t, "web");
    const gust = await Gust.start(project);
    await gust.next("live");
    const { port } = gust;
    const told = async (): Promise<unknown> => (await fetchOnce({ port })).headers["x-gust-build"];
    assert.equal(await told(), "1");
    await project.save("answer.go", red);
    await gust.next("failed");
    // The program is told at the same time as we are.
    for (let label = await told(); label !== "1; stale; failed=2"; label = await told()) {
      assert.equal(label, "1");
    }
    assert.equal((await fetchOnce({ port, path: "/__gust/build" })).body, "1; stale; failed=2\n");
    await gust.saveAndLive("answer.go", answer("three"));
    assert.equal(await told(), "3");
    await gust.stop();
  },
);

test("without the header answers are those of a plain build, byte for byte", linux, async (t) => {
  const project = await Project.create(t, "answers");
  const plainPort = await freePort();
  const binary = join(project.place, "plain");
  const env = { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" };
  await promisify(execFile)("go", ["build", "-o", binary, "."], { cwd: project.root, env });
  const plain = spawn(binary, { cwd: project.root, env: { ...env, PORT: `${plainPort}` } });
  t.after(() => plain.kill());
  await once(plain.stdout, "data");
  const clients = [
    {},
    { range: "bytes=2-5" },
    { "accept-encoding": "gzip" },
    { "if-none-match": '"v1"' },
    { ...asBrowser, "sec-fetch-dest": "empty" },
    { ...asBrowser, "sec-fetch-dest": "iframe" },
  ];
  // With the part for browsers all but page loads are as they were; without it these are, too.
  for (const [pages, asked] of [
    [true, clients],
    [false, [...clients, asBrowser]],
  ] as const) {
    const args = ["--run.build_header=false", `--browser.enabled=${pages}`];
    const gust = await Gust.start(project, { args });
    await gust.next("live");
    for (const headers of asked) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
        for (const path of paths) {
          const question = { path, method, headers };
          const expected = await fetchOnce({ ...question, port: plainPort });
          const seen = await fetchOnce({ ...question, port: gust.port });
          const about = `${method} ${path} ${JSON.stringify(headers)}`;
          assert.equal(seen.status, expected.status, about);
          assert.equal(seen.body, expected.body, about);
          assert.deepEqual(withoutDate(seen.rawHeaders), withoutDate(expected.rawHeaders), about);
        }
      }
    }
    await gust.stop();
  }
});

const paths = ["/", "/file.txt", "/missing", "/redirect", "/error", "/chunks", "/etag"];

function withoutDate(headers: readonly string[]): readonly string[] {
  const at = headers.indexOf("Date");
  return at < 0 ? headers : headers.toSpliced(at, 2);
}

test(
  "while the first build is red a browser sees why, all others wait for the good one",
  linux,
  async (t) => {
    const project = await Project.create(t, "web");
    const port = await freePort();
    const first = await Gust.start(project, { port });
    await first.next("live");
    await first.next("state", ({ activity, live }) => live && activity === "idle");
    await first.stop();
    // A run knows from the one before where the program listens.
    await project.save("answer.go", red);
    const gust = await Gust.start(project, { port });
    await gust.next("failed");
    const page = await fetchOnce({ port, headers: asBrowser });
    assert.equal(page.status, 503);
    assert.match(page.headers["content-type"] ?? "", /text\/html/);
    assert.match(page.body, /answer\.go:3:\d+/);
    assert.match(page.body, /return 1/);
    assert.equal(page.headers["x-gust-build"], "none; failed=1");
    const waiting = fetchOnce({ port });
    const watching = fetchOnce({ port, path: "/__gust/build" });
    await project.save("answer.go", `package main\n\nfunc answer() string { return }\n`);
    await gust.next("failed", ({ generation }) => generation === 2);
    // The page asks by itself, and hears that it is out of date.
    assert.equal((await watching).status, 503);
    assert.match((await fetchOnce({ port, headers: asBrowser })).body, /#2 is not live/);
    await gust.saveAndLive("answer.go", answer("good"));
    const { status, body } = await waiting;
    assert.deepEqual({ status, body }, { status: 200, body: "good" });
    await gust.stop();
  },
);

test("who waits for too long is told so", linux, async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project, {
    args: ["--run.hold_timeout=50ms", "--run.probation=0"],
  });
  const live = await gust.next("live");
  process.kill(live.pid, "SIGKILL");
  await gust.next("crashed");
  await gust.next("state", ({ serving, activity }) => serving === null && activity === "idle");
  const { port } = gust;
  const told = await fetchOnce({ port });
  assert.equal(told.status, 503);
  assert.match(told.body, /^#1 is not live: #1 ended by itself with SIGKILL\n/);
  const page = await fetchOnce({ port, headers: asBrowser });
  assert.match(page.body, /ended by itself with SIGKILL/);
  await gust.saveAndLive("answer.go", answer("again"));
  assert.equal((await fetchOnce({ port })).body, "again");
  await gust.stop();
});

test(
  "a candidate is asked for its health itself, and leaves the old version as it was",
  linux,
  async (t) => {
    const project = await Project.create(t, "web", {
      "hooks.go": health(204),
      "gust.toml":
        '[health]\npath = "/health"\ninterval = "10ms"\ntimeout = "200ms"\n[ready]\ntimeout = "300ms"\n',
    });
    const gust = await Gust.start(project);
    const { pid } = await gust.next("live");
    const { port } = gust;
    const agent = keptAgent();
    const { localPort } = await fetchOnce({ port, agent });
    await project.save("hooks.go", health(500));
    const failed = await gust.next("failed");
    assert.equal(failed.failure.code, "START_NOT_READY");
    assert.equal(failed.serving, 1);
    const still = await fetchOnce({ port, agent });
    assert.equal(still.localPort, localPort);
    assert.equal(gust.log.last("state")?.serving?.pid, pid);
    const live = await gust.saveAndLive("hooks.go", health(200));
    assert.equal(live.downtimeMs, 0);
    assert.equal((await fetchOnce({ port, agent })).localPort, localPort);
    agent.destroy();
    await gust.stop();
  },
);

test(
  "an edit that moves the program to another address closes the old one, and says so",
  linux,
  async (t) => {
    const project = await Project.create(t, "web");
    const gust = await Gust.start(project);
    await gust.next("live");
    const port = await freePort();
    const moved = hooks(`os.Setenv("PORT", "${port}")`, 'import "os"');
    const live = await gust.saveAndLive("hooks.go", moved);
    assert.deepEqual(live.missing, [{ network: "tcp", address: `127.0.0.1:${gust.port}` }]);
    assert.deepEqual(live.opened, [{ network: "tcp", address: `127.0.0.1:${port}` }]);
    assert.equal((await fetchOnce({ port })).body, "0");
    await gust.next("stopped");
    await assert.rejects(fetchOnce({ port: gust.port }), /ECONNREFUSED/);
    await gust.stop();
  },
);

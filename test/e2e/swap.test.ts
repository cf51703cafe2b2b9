import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";
import { freePort } from "./census.ts";

/** These are about a version that ends before the next one starts; overlap.test.ts is about the others. */
const start = (project: Project): Promise<Gust> =>
  Gust.start(project, { args: ["--run.swap=stop-start"] });

test("a candidate that crashes at its start is not live: the last good version serves, with the reason", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await start(project);
  await gust.next("live");
  await project.save("hooks.go", hooksFile({ atStart: "var none []int; _ = none[len(os.Args)]" }));
  const failed = await gust.next("failed");
  assert.equal(failed.generation, 2);
  assert.equal(failed.failure.crash?.kind, "panic");
  assert.match(failed.failure.crash.message, /index out of range/);
  assert.equal(failed.failure.crash.frame?.file, project.path("hooks.go"));
  assert.match(failed.failure.crash.frame.function, /atStart/);
  const back = await gust.next("rolled-back");
  assert.deepEqual({ to: back.to, why: back.why }, { to: 1, why: "start-failed" });
  const state = await gust.next("state", ({ serving }) => serving !== null);
  assert.deepEqual({ live: state.live, failed: state.failed }, { live: false, failed: 2 });
  assert.equal(await gust.get("/pid"), String(state.serving?.pid));
  await gust.saveAndLive("hooks.go", hooksFile());
  assert.equal(await gust.get("/hook/up"), "up");
  await gust.stop();
});

test("a candidate that exits before it is ready is not live, and its last words are told", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await start(project);
  await gust.next("live");
  await project.save("hooks.go", hooksFile({ atStart: 'println("no database"); os.Exit(7)' }));
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "START_EXITED");
  assert.match(failed.failure.message, /exit code 7/);
  assert.match(failed.failure.seen ?? "", /no database/);
  await gust.next("rolled-back");
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("a candidate that exits with 0 although its predecessor listened is not live either", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await start(project);
  await gust.next("live");
  await project.save("hooks.go", hooksFile({ atStart: "os.Exit(0)" }));
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "START_EXITED");
  await gust.next("rolled-back");
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("a candidate that hangs is ended at its deadline, and the last good version serves", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[ready]\ntimeout = "500ms"\n',
  });
  const gust = await start(project);
  await gust.next("live");
  await project.save("hooks.go", hooksFile({ atStart: "select {}" }));
  // A program whose goroutines all wait is a deadlock to Go, which is another end.
  await gust.next("rolled-back");
  await project.save(
    "hooks.go",
    hooksFile({ imports: ["time"], atStart: "for { time.Sleep(time.Hour) }" }),
  );
  const failed = await gust.next("failed", ({ generation }) => generation === 3);
  assert.equal(failed.failure.code, "START_NOT_READY");
  assert.match(failed.failure.seen ?? "", new RegExp(`:${gust.port}`));
  await gust.next("rolled-back");
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("a deadlock of a candidate is told as such", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await start(project);
  await gust.next("live");
  await project.save("hooks.go", hooksFile({ atStart: "select {}" }));
  const failed = await gust.next("failed");
  assert.equal(failed.failure.crash?.kind, "deadlock");
  await gust.next("rolled-back");
  await gust.stop();
});

test("a crash in probation brings back the version before; one after it waits for the next save", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[run]\nprobation = "60s"\n',
  });
  const gust = await start(project);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  await gust.provoke("/panic");
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "CRASHED_IN_PROBATION");
  assert.match(failed.failure.crash?.message ?? "", /asked for/);
  assert.match(failed.failure.crash?.frame?.function ?? "", /explode/);
  const back = await gust.next("rolled-back");
  assert.deepEqual(
    { from: back.from, to: back.to, why: back.why },
    { from: 2, to: 1, why: "crashed" },
  );
  assert.equal(await gust.get(), "one");
  // The version that serves has proved itself before: its own crash is no failed swap.
  await gust.provoke("/exit/3");
  const crashed = await gust.next("crashed");
  assert.equal(crashed.restartMs, null);
  await gust.next("state", ({ serving }) => serving === null);
  await gust.saveAndLive("answer.go", answerFile("three"));
  assert.equal(await gust.get(), "three");
  await gust.stop();
});

test("a later crash is followed by a restart with back-off where the user chose so", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[run]\nprobation = 0\nrestart = "on-crash"\nrestart_delay = "20ms"\n',
  });
  const gust = await start(project);
  const first = await gust.next("live");
  await gust.provoke("/exit/3");
  const crashed = await gust.next("crashed");
  assert.equal(crashed.restartMs, 20);
  assert.match(crashed.failure.message, /exit code 3/);
  const again = await gust.next("live");
  assert.equal(again.build, first.build);
  assert.equal(again.cause.type, "crash");
  assert.equal(await gust.get(), "one");
  await gust.provoke("/panic");
  const panicked = await gust.next("crashed");
  assert.match(panicked.failure.crash?.message ?? "", /asked for/);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("two"));
  assert.equal(await gust.get(), "two");
  await gust.provoke("/exit/0");
  await gust.next("finished");
  await gust.next("state", ({ serving }) => serving === null);
  await gust.stop();
});

test("a program that ends well is started again with restart = always", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[run]\nrestart = "always"\nrestart_delay = "20ms"\n',
  });
  const gust = await start(project);
  const first = await gust.next("live");
  await gust.provoke("/exit/0");
  await gust.next("finished");
  const again = await gust.next("live");
  assert.notEqual(again.pid, first.pid);
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("with a health path a version is live when that answers well", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": '[health]\npath = "/health"\ninterval = "10ms"\n[ready]\ntimeout = "1s"\n',
  });
  const gust = await start(project);
  await gust.next("live");
  await project.save("hooks.go", hooksFile({ healthStatus: "return 503" }));
  const failed = await gust.next("failed");
  assert.equal(failed.failure.code, "START_NOT_READY");
  assert.match(JSON.stringify(failed.failure), /health/);
  await gust.next("rolled-back");
  // Ill at first, well after a while.
  await gust.saveAndLive(
    "hooks.go",
    hooksFile({
      healthStatus: "asked++; if asked < 5 { return 500 }; return 204",
      more: "var asked int",
    }),
  );
  assert.equal(await gust.get("/hook/well"), "well");
  await gust.stop();
});

test("with a log line a version is live when it says so", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": "[ready]\nlog = '^ready: \\d+$'\n",
    "hooks.go": hooksFile({
      imports: ["fmt", "time"],
      onceListening:
        'fmt.Println("not ready: 1"); time.Sleep(50 * time.Millisecond); fmt.Println("ready: 2")',
    }),
  });
  const gust = await start(project);
  await gust.next("live");
  assert.match(gust.output("stdout"), /not ready: 1\nready: 2\n/);
  await gust.stop();
});

test("a program that does not listen is live after its minimum uptime", async (t) => {
  const project = await Project.create(t, null, {
    "go.mod": "module example.com/worker\n\ngo 1.21\n",
    "main.go": worker("one"),
  });
  const gust = await start(project);
  const live = await gust.next("live");
  assert.deepEqual(live.addresses, []);
  await gust.saveAndLive("main.go", worker("two"));
  await gust.next("output", ({ text }) => text.includes("two works"));
  await gust.stop();
});

test("a program that does its work and ends is done, and a save runs it again", async (t) => {
  const project = await Project.create(t, null, {
    "go.mod": "module example.com/job\n\ngo 1.21\n",
    "main.go": job("one done"),
  });
  const gust = await start(project);
  await gust.next("finished", ({ generation }) => generation === 1);
  await project.save("main.go", job("two done"));
  await gust.next("finished", ({ generation }) => generation === 2);
  assert.match(gust.output("stdout"), /one done\ntwo done\n/);
  await gust.stop();
});

test("an edit may move the program to another port", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await start(project);
  await gust.next("live");
  const port = await freePort();
  const live = await gust.saveAndLive("hooks.go", hooksFile({ port: `return "${port}"` }));
  assert.deepEqual(live.addresses, [{ network: "tcp", address: `127.0.0.1:${port}` }]);
  assert.deepEqual(live.missing, [{ network: "tcp", address: `127.0.0.1:${gust.port}` }]);
  assert.equal(await gust.get("/", port), "one");
  await gust.stop();
});

test("a second listener that comes late is waited for from the next version on", async (t) => {
  const project = await Project.create(t, "service");
  const second = await freePort();
  const late = (pause: string): string =>
    hooksFile({
      imports: ["net", "time"],
      onceListening: `time.Sleep(${pause}); listener, _ := net.Listen("tcp", "127.0.0.1:${second}")
        for { if connection, err := listener.Accept(); err == nil { connection.Write([]byte("HTTP/1.0 200 -\\r\\n\\r\\nsecond")); connection.Close() } }`,
    });
  const gust = await start(project);
  await gust.next("live");
  await gust.saveAndLive("hooks.go", late("0"));
  await gust.next("state", ({ serving }) => serving?.addresses.length === 2);
  const live = await gust.saveAndLive("hooks.go", late("200 * time.Millisecond"));
  assert.equal(live.addresses.length, 2);
  assert.deepEqual(live.missing, []);
  await gust.stop();
});

test("a program that lets the system choose its port is live with any", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({ port: 'return "0"' }),
  });
  const gust = await start(project);
  for (const word of ["one", "two", "three"]) {
    if (word !== "one") await project.save("answer.go", answerFile(word));
    const live = await gust.next("live");
    const [address] = live.addresses;
    assert.deepEqual(live.missing, []);
    assert.equal(await gust.get("/", Number(address?.address.split(":")[1])), word);
  }
  await gust.stop();
});

test("a unix socket counts as an address", async (t) => {
  const project = await Project.create(t, null, {
    "go.mod": "module example.com/socket\n\ngo 1.21\n",
    "main.go": `package main

import (
	"net"
	"os"
)

func main() {
	os.Remove("../app.sock")
	listener, err := net.Listen("unix", "../app.sock")
	if err != nil {
		panic(err)
	}
	for {
		listener.Accept()
	}
}
`,
  });
  const gust = await start(project);
  const live = await gust.next("live");
  assert.deepEqual(
    live.addresses.map(({ network }) => network),
    ["unix"],
  );
  await gust.stop();
});

test("SIGUSR2 builds and swaps, also where nothing has changed", async (t) => {
  const project = await Project.create(t, "service");
  const gust = await start(project);
  const first = await gust.next("live");
  gust.kill("SIGUSR2");
  const live = await gust.next("live");
  assert.deepEqual(live.cause, { type: "request", origin: "signal" });
  assert.equal(live.generation, 2);
  assert.notEqual(live.pid, first.pid);
  assert.equal(await gust.get("/pid"), String(live.pid));
  await gust.stop();
});

test("the newest of many saves behind a slow start is live in the end", async (t) => {
  const project = await Project.create(t, "service", {
    "hooks.go": hooksFile({
      imports: ["time"],
      atStart: 'if os.Getenv("SLOW") == "" { time.Sleep(150 * time.Millisecond) }',
    }),
  });
  const gust = await start(project);
  await gust.next("live");
  for (let round = 1; round <= 4; round += 1) {
    await project.save("answer.go", answerFile(`round ${round}`));
    await gust.next("state", ({ activity }) => activity === "starting");
  }
  await gust.answers("round 4");
  await gust.stop();
});

const job = (word: string): string =>
  `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(${JSON.stringify(word)}) }\n`;

function worker(word: string): string {
  return `package main

import (
	"fmt"
	"time"
)

func main() {
	for {
		fmt.Println("${word} works")
		time.Sleep(20 * time.Millisecond)
	}
}
`;
}

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { freePort } from "./census.ts";
import { DLV, DapClient, RpcClient, type Stop } from "./debugger.ts";
import { Gust, type GustOptions, ask, runGust } from "./gust.ts";
import { Project, hooksFile } from "./project.ts";

/** answer.go with the answer on line 5, where breakpoints are. */
const answerOn5 = (answer: string): string =>
  `package main\n\nfunc answer() string {\n\ttext := ${JSON.stringify(answer)}\n\treturn text\n}\n`;

interface Debugged {
  readonly project: Project;
  readonly gust: Gust;
  readonly port: number;
  readonly line5: Stop;
}

async function debugged(t: TestContext, options: GustOptions = {}): Promise<Debugged> {
  const project = await Project.create(t, "service", { "answer.go": answerOn5("one") });
  const port = await freePort();
  const args = ["--debug", "--debug.port", String(port), "--debug.dlv", DLV];
  const gust = await Gust.start(project, { ...options, args: [...args, ...(options.args ?? [])] });
  await gust.next("live");
  return { project, gust, port, line5: { file: project.path("answer.go"), line: 5 } };
}

test("a breakpoint set over JSON-RPC is hit in the next version, by the same connection", async (t) => {
  const { gust, port, line5 } = await debugged(t);
  assert.equal(await gust.get(), "one");
  const client = await RpcClient.connect(port);
  await client.halt();
  const { file, line } = line5;
  await client.call("CreateBreakpoint", { Breakpoint: { file, line, Cond: 'text != "never"' } });
  const first = client.goOn();
  const one = gust.get();
  assert.deepEqual(await first, line5);
  // The client waits for the program while it is replaced.
  const second = client.goOn();
  assert.equal(await one, "one");
  await gust.saveAndLive("answer.go", answerOn5("two"));
  const two = gust.get();
  assert.deepEqual(await second, line5, "the breakpoint is not in the next version");
  const third = client.goOn();
  assert.equal(await two, "two");
  // One that comes late finds it as well.
  client.close();
  await gust.saveAndLive("answer.go", answerOn5("three"));
  const late = await RpcClient.connect(port);
  const stop = late.stops();
  const three = gust.get();
  assert.deepEqual(await stop, line5);
  const list = await late.call("ListBreakpoints");
  const own = (list["Breakpoints"] as readonly { readonly id: number; readonly Cond: string }[])
    .filter(({ id }) => id > 0)
    .map(({ Cond }) => Cond);
  assert.deepEqual(own, ['text != "never"']);
  void late.goOn().catch(() => undefined);
  assert.equal(await three, "three");
  late.close();
  void third.catch(() => undefined);
  await gust.stop();
});

test("an editor's session lives on over a swap, with its breakpoints", async (t) => {
  const { project, gust, port, line5 } = await debugged(t);
  const editor = await DapClient.attach(port, line5);
  const one = gust.get();
  assert.deepEqual(await editor.stops(), line5);
  await editor.goOn();
  assert.equal(await one, "one");
  for (const answer of ["two", "three"]) {
    await gust.saveAndLive("answer.go", answerOn5(answer));
    const got = gust.get();
    assert.deepEqual(await editor.stops(), line5);
    await editor.goOn();
    assert.equal(await got, answer);
  }
  const names = editor.messages.map((one) => one["event"]);
  assert.ok(!names.includes("terminated"), "the editor was told that the program had ended");
  // A breakpoint that is set anew is the one that counts in the next version.
  await editor.setBreakpoint({ ...line5, line: 4 });
  await project.edit("answer.go", "three", "four");
  await gust.next("live");
  const four = gust.get();
  assert.deepEqual(await editor.stops(), { ...line5, line: 4 });
  await editor.goOn();
  assert.equal(await four, "four");
  await gust.stop();
  assert.equal(editor.messages.at(-1)?.["event"], "terminated");
});

test("an editor that attaches again after a swap has its breakpoints, once", async (t) => {
  const { gust, port, line5 } = await debugged(t);
  const editor = await DapClient.attach(port, line5);
  editor.close();
  await gust.saveAndLive("answer.go", answerOn5("two"));
  const again = await DapClient.attach(port, line5);
  const two = gust.get();
  assert.deepEqual(await again.stops(), line5);
  await again.goOn();
  assert.equal(await two, "two");
  await gust.stop();
});

test("a save while the program is stopped swaps nothing, says so, and is live when it goes on", async (t) => {
  const { project, gust, port, line5 } = await debugged(t);
  const editor = await DapClient.attach(port, line5);
  const one = gust.get();
  await editor.stops();
  const { mark } = gust.log;
  await project.save("answer.go", answerOn5("two"));
  const held = await gust.next("held-back");
  assert.deepEqual([held.generation, held.serving], [2, 1]);
  assert.deepEqual([held.place?.file, held.place?.line], [line5.file, 5]);
  const { state } = JSON.parse(
    (await runGust(project, { args: ["status", "--json"], json: false })).stdout,
  );
  assert.deepEqual([state.live, state.held, state.serving.generation], [false, 2, 1]);
  const { stdout } = await runGust(project, { args: ["status"], json: false });
  assert.match(stdout, /newest +#2, built and waiting until #1, stopped in the debugger, goes on/);
  // Steps do not let it go: the newest save waits all the same.
  await editor.step();
  await editor.stops();
  await project.save("answer.go", answerOn5("three"));
  await gust.next("held-back", ({ generation }) => generation === 3);
  assert.deepEqual(gust.log.since(mark, "live"), []);
  await editor.goOn();
  assert.equal(await one, "one", "the request that was looked at was cut");
  const live = await gust.next("live");
  assert.equal(live.generation, 3);
  const three = gust.get();
  await editor.stops();
  await editor.goOn();
  assert.equal(await three, "three");
  await gust.stop();
});

test("gust ends with a stopped program at once, and leaves nothing behind", async (t) => {
  const { gust, port, line5 } = await debugged(t);
  const editor = await DapClient.attach(port, line5);
  void ask("/", gust.port).catch(() => undefined);
  await editor.stops();
  await gust.stop();
});

test("the program in the debugger dies with gust, however gust ends", async (t) => {
  const { gust } = await debugged(t);
  gust.kill("SIGKILL");
  await gust.exited;
  await gust.allGone();
});

test("the end of a program in the debugger is its own: code, crash, and the version before", async (t) => {
  const { project, gust } = await debugged(t);
  await project.save("hooks.go", hooksFile({ atStart: 'panic("boom")' }));
  const failed = await gust.next("failed");
  assert.match(JSON.stringify(failed.failure), /boom/);
  assert.match(failed.failure.message, /exit code 2/);
  await gust.next("rolled-back");
  assert.equal(await gust.get(), "one");
  await gust.stop();
});

test("what the program has started is told to end with it", async (t) => {
  const { gust } = await debugged(t);
  const script = "trap 'echo the child ends; exit' TERM; echo ready; while :; do sleep 0.05; done";
  const atStart = `
    child := exec.Command("sh", "-c", ${JSON.stringify(script)})
    child.Stdout = os.Stdout
    _ = child.Start()`;
  await gust.saveAndLive("hooks.go", hooksFile({ imports: ["os/exec"], atStart }));
  await gust.printed(/ready/);
  await gust.stop();
  assert.match(gust.output("stdout"), /the child ends/);
});

test("without delve, and where the port is taken, gust says what to do", async (t) => {
  const project = await Project.create(t, "service");
  const missing = await runGust(project, {
    args: ["--debug", "--debug.dlv", "dlv-that-is-not-there"],
    json: false,
  });
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /there is no dlv-that-is-not-there in the PATH\n.*go install github\.com\/go-delve\/delve\/cmd\/dlv@latest/,
  );
  const other = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", () => resolve()));
  t.after(() => other.close());
  const args = ["--debug", "--debug.dlv", DLV, "--debug.port", String(port)];
  const taken = await runGust(project, { args, json: false });
  assert.equal(taken.code, 2);
  assert.match(
    taken.stderr,
    new RegExp(
      `127\\.0\\.0\\.1:${port}, which is in use by .*\\(pid ${process.pid}\\)\n.*debug\\.port`,
    ),
  );
  const shell = await runGust(project, {
    args: ["--debug", "--build.full_bin", "true"],
    json: false,
  });
  assert.equal(shell.code, 2);
  assert.match(shell.stderr, /debug\.enabled does not go with build\.full_bin/);
});

test("saves are built directly for the debugger as well, with all that it needs", async (t) => {
  const { project, gust, port, line5 } = await debugged(t);
  await gust.next("prepared", ({ outcome }) => outcome.type === "ready");
  await project.save("answer.go", answerOn5("two"));
  const built = await gust.next("built");
  assert.equal(built.route.type, "direct");
  await gust.next("live");
  const editor = await DapClient.attach(port, line5);
  const two = gust.get();
  assert.deepEqual(await editor.stops(), line5);
  assert.equal(await editor.evaluate("text"), '"two"');
  await editor.goOn();
  assert.equal(await two, "two");
  await gust.stop();
});

test("air's way works as it did: a dlv of one's own in full_bin", async (t) => {
  const port = await freePort();
  const air = `[build]
cmd = 'go build -gcflags="all=-N -l" -o ./tmp/main .'
bin = "./tmp/main"
full_bin = "${DLV} exec --accept-multiclient --headless --continue --listen 127.0.0.1:${port} --api-version 2 ./tmp/main"
send_interrupt = true
kill_delay = 500
`;
  const project = await Project.create(t, "service", {
    "answer.go": answerOn5("one"),
    ".air.toml": air,
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.answersNow("one");
  await project.save("answer.go", answerOn5("two"));
  await gust.next("live");
  await gust.answersNow("two");
  await gust.stop();
});

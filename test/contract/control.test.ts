import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { type Socket, createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { callControl } from "../../src/adapters/control/call.ts";
import { type Control, openControl } from "../../src/adapters/control/control.ts";
import { wellState } from "../world/told-state.ts";
import type { StatusReply } from "../../src/adapters/control/protocol.ts";
import { controlPath } from "../../src/adapters/control/socket-place.ts";
import { runRollback } from "../../src/commands/rollback.ts";
import { runStatus } from "../../src/commands/status.ts";
import { runSwap } from "../../src/commands/swap.ts";
import { runWait } from "../../src/commands/wait.ts";
import type { Failure } from "../../src/core/failure.ts";

const status: StatusReply = {
  pid: 4711,
  cwd: "/app",
  root: "/app",
  environment: "dev",
  main: "example.com/app",
  gust: "0.1.0",
  state: wellState(12, 11, [12, 10]),
};

test("a running gust answers who it is and how things are", async (t) => {
  const { path } = await open(t);
  assert.deepEqual(await callControl(path, { type: "status" }), {
    v: 1,
    type: "status",
    ...status,
  });
});

test("only its user can open the socket, which is gone after the end", async (t) => {
  const { path, control } = await open(t);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(dirname(path))).mode & 0o777, 0o700);
  await control.close();
  assert.deepEqual(await readdir(dirname(path)), []);
  const answer = await callControl(path, { type: "status" });
  assert.equal("code" in answer && answer.code, "NOT_RUNNING");
});

test("a directory that is open to others is closed to them", async (t) => {
  const dir = await directory(t);
  await mkdir(join(dir, "run"));
  await chmod(join(dir, "run"), 0o777);
  const { path } = await open(t, { dir });
  assert.equal((await stat(dirname(path))).mode & 0o777, 0o700);
});

test("requests reach the engine, and its refusals come back", async (t) => {
  const { path, asked } = await open(t);
  assert.deepEqual(await callControl(path, { type: "swap" }), { type: "done" });
  assert.deepEqual(await callControl(path, { type: "rollback", to: null }), { type: "done" });
  const refused = await callControl(path, { type: "rollback", to: 3 });
  assert.equal("code" in refused && refused.code, "NO_SUCH_BUILD");
  assert.deepEqual(asked, ["swap", "rollback null", "rollback 3"]);
});

test("the journal is written to a file that is named, and output is where it is kept", async (t) => {
  const { path } = await open(t);
  assert.deepEqual(await callControl(path, { type: "journal" }), { type: "journal", file: "/j" });
  assert.deepEqual(await callControl(path, { type: "logs" }), { type: "done" });
});

test("where the dashboard is takes a while to tell, and other answers do not wait for it", async (t) => {
  const { path } = await open(t);
  assert.deepEqual(await callControl(path, { type: "ui" }), { type: "ui", ...dashboard });
  const client = await connect(t, path);
  client.socket.write('{"v":1,"id":"a","type":"ui"}\n{"v":1,"id":"b","type":"swap"}\n');
  const [first, then] = [await client.next(), await client.next()];
  assert.deepEqual([first["id"], then["url"]], ["b", dashboard.url]);
});

test("everyone who waits gets the own verdict, in whatever order they are known", async (t) => {
  const run = await open(t);
  const first = callControl(run.path, { type: "wait" });
  await run.until("wait 1");
  const second = callControl(run.path, { type: "wait" });
  await run.until("wait 2");
  run.control.answer(2, { type: "failed", generation: 13, message: "build failed" });
  run.control.answer(1, { type: "live", generation: 14 });
  run.control.answer(1, { type: "live", generation: 15 });
  const live = await first;
  assert.deepEqual("verdict" in live && [live.verdict, live.generation], ["live", 14]);
  const red = await second;
  assert.deepEqual("verdict" in red && [red.verdict, red.generation], ["failed", 13]);
});

test("one connection may ask much, and tells its answers apart by their ids", async (t) => {
  const run = await open(t);
  const client = await connect(t, run.path);
  client.socket.write('{"v":1,"id":"w","type":"wait"}\n{"v":1,"id":7,"type":"swap"}\n\n{"v":1,');
  client.socket.write('"type":"status"}\n');
  assert.deepEqual(await client.next(), { v: 1, id: 7, type: "done" });
  assert.equal((await client.next())["pid"], 4711);
  run.control.answer(1, { type: "live", generation: 12 });
  const verdict = { v: 1, id: "w", type: "verdict", verdict: "live", generation: 12 };
  assert.deepEqual(await client.next(), verdict);
});

test("a client that vanishes waits no more", async (t) => {
  const run = await open(t);
  const client = await connect(t, run.path);
  client.socket.write('{"v":1,"type":"wait"}\n');
  await run.until("wait 1");
  client.socket.destroy();
  await run.until("drop 1");
  run.control.answer(1, { type: "live", generation: 12 });
  assert.equal("pid" in (await callControl(run.path, { type: "status" })), true);
});

test("a client that closes only its sending side still gets its answer", async (t) => {
  const run = await open(t);
  const client = await connect(t, run.path);
  client.socket.end('{"v":1,"type":"status"}\n');
  assert.equal((await client.next())["pid"], 4711);
});

test("garbage is answered with an error, and does no harm", async (t) => {
  const run = await open(t);
  const client = await connect(t, run.path);
  const garbage = [
    "hello",
    "[]",
    "null",
    "{}",
    '{"v":2,"type":"status"}',
    '{"v":1,"type":"toString"}',
    '{"v":1,"type":"rollback","to":"x"}',
    '{"v":1,"type":"rollback","to":-1}',
    '{"v":1,"type":"rollback","to":1.5}',
    "\u{0}\u{ff}\u{1b}",
  ];
  for (const line of garbage) {
    client.socket.write(`${line}\n`);
    const answer = await client.next();
    assert.deepEqual([answer["type"], code(answer["failure"])], ["error", "REQUEST_INVALID"], line);
  }
  assert.deepEqual(run.asked, []);
});

test("a line without end is not read to its end", async (t) => {
  const run = await open(t);
  const client = await connect(t, run.path);
  const closed = new Promise((resolve) => client.socket.once("close", resolve));
  client.socket.on("error", () => undefined);
  client.socket.write(Buffer.alloc(3_000_000, "x"));
  await closed;
  assert.equal("pid" in (await callControl(run.path, { type: "status" })), true);
});

test("a second gust is told where the first runs", async (t) => {
  const { path } = await open(t);
  const second = await openControl({ path, handlers: handlers([]) });
  assert.ok("code" in second);
  assert.equal(second.code, "ALREADY_RUNNING");
  assert.match(second.message, /pid 4711, started in \/app/);
  assert.equal("pid" in (await callControl(path, { type: "status" })), true);
});

test("the socket of a gust that was killed is replaced", async (t) => {
  const dir = await directory(t);
  const path = controlPath(join(dir, "run"), "app");
  await mkdir(dirname(path));
  const listen = "net.createServer().listen(process.argv[1], () => console.log('listens'))";
  const killed = spawn(process.execPath, ["-e", listen, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(killed.stdout, "data");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  assert.ok((await stat(path)).isSocket());
  const control = await openControl({ path, handlers: handlers([]) });
  assert.ok(!("code" in control));
  t.after(() => control.close());
  assert.equal("pid" in (await callControl(path, { type: "status" })), true);
});

test("a path that no socket can have is a failure with a way out", async (t) => {
  const path = controlPath(join(await directory(t), "x".repeat(100)), "app");
  const control = await openControl({ path, handlers: handlers([]) });
  assert.ok("code" in control && control.code === "IO_FAILED");
  assert.match(control.hint ?? "", /XDG_RUNTIME_DIR/);
});

test("a gust that leaves while somebody waits does not leave them waiting", async (t) => {
  const run = await open(t);
  const waiting = callControl(run.path, { type: "wait" });
  await run.until("wait 1");
  await run.control.close();
  const answer = await waiting;
  assert.equal("code" in answer && answer.code, "NOT_RUNNING");
});

test("somebody who answers nonsense is not believed", async (t) => {
  const path = join(await directory(t), "s");
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.end("<html>\n");
  });
  t.after(() => server.close());
  server.listen(path);
  await once(server, "listening");
  const answer = await callControl(path, { type: "status" });
  assert.equal("code" in answer && answer.code, "REQUEST_INVALID");
});

test("gust wait ends with the verdict", async (t) => {
  const run = await open(t);
  const check = async (
    verdict: Parameters<Control["answer"]>[1],
    expected: readonly unknown[],
  ): Promise<void> => {
    const said = output();
    const code = runWait({ socketPath: run.path, timeout: null, serving: false }, said.io);
    run.waits += 1;
    await run.until(`wait ${run.waits}`);
    run.control.answer(run.waits, verdict);
    assert.deepEqual([await code, said.out()], expected);
  };
  await check({ type: "live", generation: 12 }, [0, "#12 is live\n"]);
  await check({ type: "failed", generation: 13, message: "build failed" }, [
    1,
    "#13 is not live: build failed\n",
  ]);
});

test("gust wait tells apart what is over, wrong, and not there", async (t) => {
  const run = await open(t);
  const said = output();
  assert.equal(await runWait({ socketPath: run.path, timeout: "1ms", serving: false }, said.io), 3);
  assert.equal(
    await runWait({ socketPath: run.path, timeout: "soon", serving: false }, said.io),
    2,
  );
  assert.equal(
    await runWait({ socketPath: `${run.path}x`, timeout: null, serving: false }, said.io),
    2,
  );
  assert.match(said.err(), /not decided within 1ms\n.*not a duration.*no gust runs/s);
});

test("gust status is for people, and with --json for programs", async (t) => {
  const { path } = await open(t);
  const people = output();
  assert.equal(await runStatus({ socketPath: path, json: false }, people.io), 0);
  assert.equal(
    people.out(),
    [
      "gust     pid 4711, started in /app",
      "program  example.com/app",
      "live     #12, build #11, pid 41, tcp 127.0.0.1:8080",
      "newest   #12, live",
      "now      idle",
      "back to  #10",
      "",
    ].join("\n"),
  );
  const programs = output();
  assert.equal(await runStatus({ socketPath: path, json: true }, programs.io), 0);
  assert.deepEqual(JSON.parse(programs.out()), { v: 1, type: "status", ...status });
  const nobody = output();
  assert.equal(await runStatus({ socketPath: `${path}x`, json: true }, nobody.io), 2);
  assert.equal(
    code((JSON.parse(nobody.out()) as Record<string, unknown>)["failure"]),
    "NOT_RUNNING",
  );
});

test("gust status ends with 1 while the newest save is not live", async (t) => {
  const failure: Failure = { code: "BUILD_FAILED", message: "build failed" };
  const state = { ...status.state, newest: 13, live: false, failed: 13, failure };
  const { path } = await open(t, { status: { ...status, state } });
  const said = output();
  assert.equal(await runStatus({ socketPath: path, json: false }, said.io), 1);
  assert.match(said.out(), /newest {3}#13, not live: build failed\n/);
});

test("gust swap and gust rollback ask, and say what was refused", async (t) => {
  const run = await open(t);
  const said = output();
  const socketPath = run.path;
  assert.equal(await runSwap({ socketPath }, said.io), 0);
  assert.equal(await runRollback({ socketPath, to: null }, said.io), 0);
  assert.equal(await runRollback({ socketPath, to: "#3" }, said.io), 1);
  assert.equal(await runRollback({ socketPath, to: "x" }, said.io), 2);
  assert.equal(await runSwap({ socketPath: `${socketPath}x` }, said.io), 2);
  assert.deepEqual(run.asked, ["swap", "rollback null", "rollback 3"]);
  assert.match(said.err(), /no build #3.*x is not the number.*no gust runs/s);
});

interface Run {
  readonly path: string;
  readonly control: Control;
  readonly asked: readonly string[];
  waits: number;
  /** Resolves as soon as the engine was asked this. */
  until(what: string): Promise<void>;
}

type OpenOptions = Partial<{ readonly dir: string; readonly status: StatusReply }>;

async function open(t: TestContext, options: OpenOptions = {}): Promise<Run> {
  const dir = options.dir ?? (await directory(t));
  const path = controlPath(join(dir, "run"), "app");
  const asked: string[] = [];
  const listeners = new Map<string, () => void>();
  const note = (what: string): void => {
    asked.push(what);
    listeners.get(what)?.();
  };
  const control = await openControl({ path, handlers: handlers(asked, note, options.status) });
  assert.ok(!("code" in control));
  t.after(() => control.close());
  const until = (what: string): Promise<void> =>
    new Promise((resolve) => {
      if (asked.includes(what)) resolve();
      else listeners.set(what, resolve);
    });
  return { path, control, asked, waits: 0, until };
}

const dashboard = { url: "http://127.0.0.1:7070/#token=t", once: "http://127.0.0.1:7070/open" };
function handlers(
  asked: string[],
  note: (what: string) => void = (what) => void asked.push(what),
  reply: StatusReply = status,
): Parameters<typeof openControl>[0]["handlers"] {
  return {
    status: () => reply,
    wait: (request) => note(`wait ${request}`),
    drop: (request) => note(`drop ${request}`),
    journal: () => "/j",
    logs: () => Promise.resolve(),
    ui: () => Promise.resolve(dashboard),
    swap: () => {
      note("swap");
      return null;
    },
    fix: () => {
      note("fix");
      return { code: "NOTHING_TO_FIX", message: "there is no failure" };
    },
    rollback: (to) => {
      note(`rollback ${to}`);
      return to === 3 ? { code: "NO_SUCH_BUILD", message: "there is no build #3" } : null;
    },
  };
}

async function directory(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "gust-control-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

interface Client {
  readonly socket: Socket;
  /** The next answer. */
  next(): Promise<Record<string, unknown>>;
}

async function connect(t: TestContext, path: string): Promise<Client> {
  const socket = createConnection(path);
  t.after(() => socket.destroy());
  await once(socket, "connect");
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return {
    socket,
    next: async () => {
      const { value } = await lines.next();
      return JSON.parse(String(value)) as Record<string, unknown>;
    },
  };
}

function code(failure: unknown): unknown {
  return typeof failure === "object" && failure !== null && "code" in failure ? failure.code : null;
}

function output(): { io: Parameters<typeof runSwap>[1]; out(): string; err(): string } {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    stdout: (text: string) => void out.push(text),
    stderr: (text: string) => void err.push(text),
    cwd: "/app",
    env: {},
  };
  return { io, out: () => out.join(""), err: () => err.join("") };
}

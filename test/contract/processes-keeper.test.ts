import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { findOrphans, reapOrphans, startTimeOf } from "../../src/adapters/process/orphans.ts";
import { statOf } from "../../src/adapters/process/proc-files.ts";
import type { Processes, TerminalSpec } from "../../src/engine/processes.ts";
import { ProcessesKit } from "./processes-kit.ts";
import type { Visitors } from "./processes-kit.ts";

const TERMINAL: TerminalSpec = {
  stdout: true,
  stderr: true,
  stdin: true,
  columns: 100,
  rows: 30,
  echo: false,
};

describe("the keeper", { timeout: 120_000 }, () => {
  let kit: ProcessesKit;
  let processes: Processes;
  before(async () => {
    kit = await ProcessesKit.create();
    processes = await kit.open("keeper");
  });
  after(() => kit.close());

  it("kills one tree without touching what is being started at that moment", async () => {
    for (let round = 0; round < 60; round += 1) {
      const doomed = kit.start(processes, ["wait"]);
      await doomed.says("\n");
      doomed.child.kill();
      const fresh = Array.from({ length: 4 }, () =>
        kit.start(processes, [], { argv: ["/bin/sh", "-c", "exit 7"] }),
      );
      const ends = await Promise.all(fresh.map((one) => one.ended()));
      for (const end of ends) assert.deepEqual(end, ["started", "exited 7", "gone"]);
      await doomed.ended();
    }
  });

  describe("terminals", () => {
    const cases: readonly [Partial<TerminalSpec>, string][] = [
      [{}, "100x30 100x30 100x30"],
      [{ stdin: false }, "no 100x30 100x30"],
      [{ stdin: false, stderr: false }, "no 100x30 no"],
      [{ stdin: false, stdout: false, columns: 80, rows: 24 }, "no no 80x24"],
      [{ stdout: false, stderr: false, stdin: false }, "no no no"],
    ];
    for (const [changes, expected] of cases) {
      it(`are seen by the program as told: ${expected}`, async () => {
        const child = kit.start(processes, ["terminal"], {
          terminal: { ...TERMINAL, ...changes },
        });
        await child.says("\n");
        assert.equal(child.text(), `${expected}\n`);
        child.child.signal("SIGTERM");
        assert.deepEqual(await child.ended(), ["started", "exited SIGTERM", "gone"]);
      });
    }

    it("change their size, and the program is told", async () => {
      const child = kit.start(processes, ["terminal"], { terminal: TERMINAL });
      await child.says("100x30\n");
      child.child.resize(66, 22);
      await child.says("66x22 66x22 66x22\n");
      child.child.kill();
      await child.ended();
    });

    it("pass output on without rewriting it, both streams in the order of writing", async () => {
      const child = kit.start(processes, ["lines", "2000"], {
        terminal: { ...TERMINAL, stdin: false },
      });
      await child.ended();
      const expected = Array.from({ length: 2000 }, (_, index) => `${index}\n`).join("");
      assert.equal(child.text("stdout"), expected);
      assert.equal(child.text("stderr"), "");
    });

    it("pass megabytes on completely, before the exit", async () => {
      const child = kit.start(processes, ["print", "3000000"], { terminal: TERMINAL });
      await child.whenExited();
      assert.equal(child.bytes("stdout").length, 3_000_000);
      await child.ended();
    });

    it("take input and its end, without echo", async () => {
      const child = kit.start(processes, ["read-terminal"], { terminal: TERMINAL });
      await child.says("ready\n");
      child.child.write(Buffer.from("hello\n"));
      await child.says("got hello\n");
      child.child.closeInput();
      assert.deepEqual(await child.ended(), ["started", "exited 0", "gone"]);
      assert.equal(child.text(), "ready\ngot hello\nend\n");
    });

    it("echo when told to, also later", async () => {
      const child = kit.start(processes, ["read-terminal"], {
        terminal: { ...TERMINAL, echo: true },
      });
      await child.says("ready\n");
      child.child.write(Buffer.from("one\n"));
      await child.says("got one\n");
      child.child.setEcho(false);
      child.child.write(Buffer.from("two\n"));
      await child.says("got two\n");
      child.child.closeInput();
      await child.ended();
      assert.equal(child.text(), "ready\none\ngot one\ngot two\nend\n");
    });

    it("send Ctrl-C to the program", async () => {
      const child = kit.start(processes, ["read-terminal"], { terminal: TERMINAL });
      await child.says("ready\n");
      child.child.write(Uint8Array.of(3));
      assert.deepEqual(await child.ended(), ["started", "exited SIGINT", "gone"]);
    });
  });

  describe("listening sockets", () => {
    it("are reported one after the other, the whole set each time", async () => {
      const path = join(kit.dir, "app socket");
      const child = kit.start(
        processes,
        ["listen", "tcp:127.0.0.1:0", "tcp:[::1]:0", `unix:${path}`, "udp:127.0.0.1:0"],
        { sockets: true },
      );
      await child.visitors.arrival("main");
      const expected: string[] = [];
      for (let count = 1; count <= 4; count += 1) {
        child.visitors.tell("main");
        await child.until(() => child.text().split("\n").length > count);
        await child.until(() => child.addresses.at(-1)?.length === count);
        expected.push(child.text().split("\n")[count - 1] ?? "");
        assert.deepEqual(
          child.addresses.at(-1)?.map(({ network, address }) => `${network} ${address}`),
          expected.toSorted(),
        );
      }
      child.child.signal("SIGTERM");
      await child.ended();
      assert.deepEqual(child.leftovers, { killed: 0, held: [] });
    });

    it("are not reported unless asked for", async () => {
      const child = kit.start(processes, ["listen", "tcp:127.0.0.1:0"]);
      await child.visitors.arrival("main");
      child.visitors.tell("main");
      await child.says("tcp");
      child.child.signal("SIGTERM");
      await child.ended();
      assert.deepEqual(child.addresses, []);
    });

    it("are not reported after settle, but known at the end", async () => {
      const child = kit.start(processes, ["listen", "tcp:127.0.0.1:0"], { sockets: true });
      await child.visitors.arrival("main");
      child.child.settle();
      // Commands are obeyed in order, so that the answer comes after settle was obeyed.
      await processes.portOwner(1);
      child.visitors.tell("main");
      await child.says("tcp");
      child.child.kill();
      await child.ended();
      assert.deepEqual(child.addresses, []);
    });

    it("that a process left behind holds are named, until that is killed", async () => {
      const child = kit.start(processes, ["leave-port"], { sockets: true });
      await child.says("\n");
      const at = child.text().trim();
      await child.until(
        () => child.addresses.at(-1)?.some(({ address }) => address === at) ?? false,
      );
      await child.visitors.arrival("main");
      const [holder = 0] = await child.visitors.arrival("port");
      child.visitors.tell("main");
      await child.whenExited();
      const owner = await processes.portOwner(Number(at.split(":").at(-1)));
      assert.deepEqual(owner, { pid: holder, name: "hostile" });
      child.child.kill();
      await child.ended();
      assert.deepEqual(child.leftovers, { killed: 1, held: [] });
    });

    it("that another program holds too are named at the end", async () => {
      const first = kit.start(processes, ["listen", "tcp:127.0.0.1:0"], { sockets: true });
      await first.visitors.arrival("main");
      first.visitors.tell("main");
      await first.until(() => first.addresses.length === 1 && first.text().endsWith("\n"));
      const address = first.text().trim().replace(" ", ":");
      const second = kit.start(processes, ["listen", address]);
      await second.visitors.arrival("main");
      second.visitors.tell("main");
      await second.says("\n");
      first.child.signal("SIGTERM");
      await first.ended();
      assert.deepEqual(first.leftovers, { killed: 0, held: first.addresses[0] });
      second.child.kill();
      await second.ended();
    });

    it("have an owner, who may be anybody", async () => {
      const port = Number(kit.witness.address.split(":").at(-1));
      const owner = await processes.portOwner(port);
      assert.equal(owner?.pid, process.pid);
      assert.match(owner?.name ?? "", /^node/u);
    });

    it("have no owner when nobody listens", async () => {
      const child = kit.start(processes, ["listen", "tcp:127.0.0.1:0"]);
      await child.visitors.arrival("main");
      child.visitors.tell("main");
      await child.says("\n");
      const port = Number(child.text().trim().split(":").at(-1));
      assert.equal((await processes.portOwner(port))?.pid, child.pid);
      child.child.kill();
      await child.ended();
      assert.equal(await processes.portOwner(port), null);
    });
  });

  it("finds a daemon that dropped even its environment", async () => {
    const child = kit.start(processes, ["bare-daemon"]);
    await child.whenExited();
    const pids = await child.visitors.arrival("daemon");
    assert.equal(child.leftovers, null);
    child.child.kill();
    await child.ended();
    assert.deepEqual(child.leftovers, { killed: 1, held: [] });
    assert.deepEqual(pids.map(startTimeOf), [null]);
  });

  it("adds to the niceness of a program", async () => {
    const spec = { argv: ["nice"], nice: 5 };
    const child = kit.start(processes, [], spec);
    await child.ended();
    const plain = kit.start(processes, [], { argv: ["nice"] });
    await plain.ended();
    assert.equal(Number(child.text()) - Number(plain.text()), 5);
  });

  describe("when gust or the keeper dies", () => {
    const DEEDS = ["wait", "ignore-term", "leave-session", "daemon", "forks 5"];
    const ROLES = { main: 4, escaped: 1, daemon: 1, fork: 5 };
    let gust: ChildProcess;
    let visitors: Visitors;

    async function startGust(backend: string, runId: string): Promise<void> {
      visitors = kit.witness.visitors(runId);
      const script = fileURLToPath(new URL("processes-victim.js", import.meta.url));
      gust = spawn(
        process.execPath,
        [script, backend, join(kit.dir, "cache"), runId, kit.hostile, ...DEEDS],
        { stdio: "inherit", env: { ...process.env, WITNESS: visitors.address } },
      );
      for (const [role, count] of Object.entries(ROLES)) await visitors.arrival(role, count);
    }

    async function everybodyLeaves(): Promise<void> {
      for (const role of Object.keys(ROLES)) await visitors.departure(role);
    }

    it("leaves no process behind after a kill -9 of gust", async () => {
      await startGust("keeper", `killed-${process.pid}`);
      gust.kill("SIGKILL");
      await everybodyLeaves();
    });

    it("finds and reaps what a killed gust without a keeper left", async () => {
      const orphaned = `orphaned-${process.pid}`;
      await startGust("node", orphaned);
      gust.kill("SIGKILL");
      const [main = 0] = visitors.pids("main");
      const startTime = startTimeOf(main) ?? 0;
      const all = findOrphans({ runId: orphaned, processes: [] });
      assert.equal(all.length, 11);
      const recorded = [
        { pid: main, startTime },
        { pid: main, startTime: startTime - 1 },
        { pid: process.pid, startTime: 1 },
      ];
      assert.deepEqual(findOrphans({ runId: null, processes: recorded }), [recorded[0]]);
      assert.deepEqual(await reapOrphans(all, 100), []);
      await everybodyLeaves();
      assert.deepEqual(findOrphans({ runId: orphaned, processes: recorded }), []);
    });

    it("says so once, and every child is reported gone", async () => {
      const doomed = await kit.open("keeper");
      const child = kit.start(doomed, ["ignore-term"]);
      const family = kit.start(doomed, ["leave-session"]);
      await child.says("ready");
      const [escaped = 0] = await family.visitors.arrival("escaped");
      const keeper = keeperOf(child.pid);
      process.kill(keeper, "SIGKILL");
      assert.deepEqual(await child.ended(), ["started", "exited SIGKILL", "gone"]);
      assert.deepEqual(await family.ended(), ["started", "exited SIGKILL", "gone"]);
      assert.equal(startTimeOf(escaped), null);
      assert.deepEqual(
        kit.lost.map(({ code }) => code),
        ["KEEPER_LOST"],
      );
      const late = kit.start(doomed, ["exit", "0"]);
      assert.deepEqual(await late.ended(), ["failed"]);
      assert.equal(late.failure?.code, "KEEPER_LOST");
      assert.equal(await doomed.portOwner(1), null);
      await doomed.close();
    });
  });
});

function keeperOf(pid: number): number {
  const parent = statOf(pid)?.parent ?? 0;
  assert.ok(parent > 1);
  return parent;
}

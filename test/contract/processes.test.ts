import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { startTimeOf } from "../../src/adapters/process/orphans.ts";
import type { Processes } from "../../src/engine/processes.ts";
import { ProcessesKit } from "./processes-kit.ts";

const CLEAN = { killed: 0, held: [] };

for (const backend of ["keeper", "node"] as const) {
  describe(`processes on the ${backend} back end`, { timeout: 120_000 }, () => {
    let kit: ProcessesKit;
    let processes: Processes;
    before(async () => {
      kit = await ProcessesKit.create();
      processes = await kit.open(backend);
    });
    after(() => kit.close());

    it("says which back end it is and what is lost with it", () => {
      assert.equal(processes.capabilities.backend, backend);
      assert.equal(processes.capabilities.loss === null, backend === "keeper");
    });

    describe("output", () => {
      it("passes 100 MB on completely and in order", async () => {
        const size = 100 * 1024 * 1024;
        const child = kit.start(processes, ["print", `${size}`]);
        assert.deepEqual(await child.ended(), ["started", "exited 0", "gone"]);
        const bytes = child.bytes("stdout");
        assert.equal(bytes.length, size);
        const pattern = Buffer.from("0123456789abcdef".repeat(65_536));
        for (let at = 0; at < size; at += pattern.length) {
          assert.ok(bytes.subarray(at, at + pattern.length).equals(pattern), `differs after ${at}`);
        }
      });

      it("passes a line of 10 MB without an end on", async () => {
        const child = kit.start(processes, ["print", "10000000"]);
        await child.ended();
        assert.equal(child.bytes("stdout").length, 10_000_000);
      });

      it("keeps the two streams apart and each in order", async () => {
        const child = kit.start(processes, ["lines", "2000"]);
        await child.ended();
        const numbers = Array.from({ length: 2000 }, (_, index) => index);
        const expected = (rest: number): string =>
          numbers
            .filter((number) => number % 2 === rest)
            .map((number) => `${number}\n`)
            .join("");
        assert.equal(child.text("stdout"), expected(0));
        assert.equal(child.text("stderr"), expected(1));
      });

      it("comes before the exit when the main process wrote it", async () => {
        const child = kit.start(processes, ["print", "60000"]);
        await child.whenExited();
        assert.equal(child.bytes("stdout").length, 60_000);
        await child.ended();
      });

      it("of a process left behind comes after the exit and before the end", async () => {
        const child = kit.start(processes, ["leave-writer"]);
        await child.whenExited();
        await child.visitors.arrival("writer");
        assert.equal(child.text(), "from the main process\n");
        child.visitors.tell("writer");
        assert.deepEqual(await child.ended(), ["started", "exited 0", "gone"]);
        assert.equal(child.text(), "from the main process\nfrom the process left behind\n");
        assert.deepEqual(child.leftovers, CLEAN);
      });

      it("of many processes at once stays with its process", async () => {
        const children = Array.from({ length: 8 }, (_, index) =>
          kit.start(processes, ["print", `${(index + 1) * 500_000}`]),
        );
        for (const [index, child] of children.entries()) {
          await child.ended();
          assert.equal(child.bytes("stdout").length, (index + 1) * 500_000);
        }
      });
    });

    describe("start", () => {
      it("hands arguments on as they are", async () => {
        const args = [
          "",
          "two words",
          `"double" 'single'`,
          "line\nbreak",
          "$HOME *",
          "\\",
          "äö€😀",
        ];
        const child = kit.start(processes, ["args", ...args]);
        await child.ended();
        assert.deepEqual(JSON.parse(child.text()), { args, dir: kit.dir });
      });

      it("gives exactly the environment, and the two marks of gust", async () => {
        const env = { EMPTY: "", SPACES: " a b ", LINES: "a\nb", EQUALS: "a=b=c" };
        const child = kit.start(processes, ["env"], { env });
        await child.ended();
        const seen: string[] = JSON.parse(child.text());
        const own = seen.filter((pair) => !pair.startsWith("GUST_"));
        const marks = seen.filter((pair) => pair.startsWith("GUST_"));
        assert.deepEqual(
          own.toSorted(),
          Object.entries(env)
            .map(([name, value]) => `${name}=${value}`)
            .toSorted(),
        );
        assert.deepEqual(marks.map((mark) => mark.split("=")[0]).toSorted(), [
          "GUST_PROC",
          "GUST_RUN",
        ]);
        assert.ok(marks.includes(`GUST_RUN=test-${process.pid}-0-${backend}`));
      });

      it("looks a name up in the PATH of the environment that it gives", async () => {
        const bin = join(kit.dir, "bin");
        await mkdir(bin, { recursive: true });
        await writeFile(join(bin, "only-here"), "#!/bin/sh\necho found\n");
        await chmod(join(bin, "only-here"), 0o755);
        const argv = ["only-here"];
        const found = kit.start(processes, [], { argv, env: { PATH: `${bin}:/usr/bin:/bin` } });
        await found.ended();
        assert.equal(found.text(), "found\n");
        const missing = kit.start(processes, [], { argv, env: { PATH: "/usr/bin:/bin" } });
        assert.deepEqual(await missing.ended(), ["failed"]);
      });

      const bad: readonly { what: string; argv: string[]; dir?: string; message: RegExp }[] = [
        { what: "an unknown name", argv: ["no-such-program"], message: /not found in the PATH/ },
        { what: "a missing file", argv: ["/no/such/file"], message: /could not be started/ },
        { what: "a directory", argv: ["/tmp"], message: /could not be started/ },
        { what: "no interpreter", argv: ["./script"], message: /could not be started/ },
        { what: "a file without permission", argv: ["./plain"], message: /could not be started/ },
        { what: "no working directory", argv: ["ls"], dir: "/no/such/dir", message: /directory/ },
        { what: "a file as directory", argv: ["ls"], dir: "/etc/passwd", message: /directory/ },
        { what: "a null byte", argv: ["ls", "a\0b"], message: /could not be started/ },
      ];
      for (const { what, argv, dir, message } of bad) {
        it(`fails with a hint on ${what}`, async () => {
          await writeFile(join(kit.dir, "plain"), "not a program");
          await writeFile(join(kit.dir, "script"), "#!/no/such/shell\n", { mode: 0o755 });
          const child = kit.start(processes, [], { argv, dir: dir ?? kit.dir });
          assert.deepEqual(await child.ended(), ["failed"]);
          assert.equal(child.failure?.code, "START_FAILED");
          assert.match(child.failure?.message ?? "", message);
          assert.ok((child.failure?.hint ?? "").length > 0);
          // The first process of a run becomes the program only when it runs: nobody sees that.
          const env = { PATH: process.env["PATH"] ?? "", GUST_ORIG_PID: "" };
          const first = kit.start(processes, [], { argv, dir: dir ?? kit.dir, env });
          assert.deepEqual(await first.ended(), ["failed"]);
          assert.deepEqual(first.failure, child.failure);
        });
      }
    });

    describe("exit", () => {
      for (const code of [0, 1, 3, 255]) {
        it(`reports exit code ${code}`, async () => {
          const child = kit.start(processes, ["exit", `${code}`]);
          assert.deepEqual(await child.ended(), ["started", `exited ${code}`, "gone"]);
          assert.deepEqual(child.leftovers, CLEAN);
        });
      }
      for (const [number, name] of [
        [9, "SIGKILL"],
        [1, "SIGHUP"],
        [15, "SIGTERM"],
      ] as const) {
        it(`reports the end by ${name}`, async () => {
          const child = kit.start(processes, ["signal-self", `${number}`]);
          assert.deepEqual(await child.ended(), ["started", `exited ${name}`, "gone"]);
        });
      }
    });

    describe("input", () => {
      it("reaches the program, and its end does too", async () => {
        const child = kit.start(processes, ["copy"], { stdin: "pipe" });
        const big = "x".repeat(300_000);
        child.child.write(Buffer.from("first\n"));
        child.child.write(Buffer.from(big));
        child.child.closeInput();
        await child.ended();
        assert.equal(child.text(), `first\n${big}end of input`);
      });

      it("is empty when none is wanted", async () => {
        const child = kit.start(processes, ["copy"]);
        await child.ended();
        assert.equal(child.text(), "end of input");
      });

      it("that nobody reads harms nobody", async () => {
        const deaf = kit.start(processes, ["wait"], { stdin: "pipe" });
        await deaf.says("ready");
        deaf.child.write(new Uint8Array(1_000_000));
        const other = kit.start(processes, ["exit", "0"]);
        await other.ended();
        deaf.child.signal("SIGTERM");
        assert.deepEqual(await deaf.ended(), ["started", "exited SIGTERM", "gone"]);
        deaf.child.write(Buffer.from("too late"));
        deaf.child.closeInput();
      });
    });

    describe("signals and the end of a tree", () => {
      it("delivers a signal once", async () => {
        const child = kit.start(processes, ["ignore-term"]);
        await child.says("ready");
        child.child.signal("SIGTERM");
        await child.says("ignored");
        child.child.kill();
        assert.deepEqual(await child.ended(), ["started", "exited SIGKILL", "gone"]);
        assert.equal(child.text(), "ready\nignored\n");
        assert.deepEqual(child.leftovers, CLEAN);
      });

      it("does not signal what is gone", async () => {
        const child = kit.start(processes, ["exit", "0"]);
        await child.ended();
        child.child.signal("SIGTERM");
        child.child.kill();
        child.child.settle();
        assert.deepEqual(child.happened, ["started", "exited 0", "gone"]);
      });

      it("waits for a process that left the session, and kills it when told to", async () => {
        const child = kit.start(processes, ["leave-session", "and-exit"]);
        await child.whenExited();
        const pids = await child.visitors.arrival("escaped");
        assert.equal(child.leftovers, null);
        child.child.kill();
        await child.ended();
        assertDead(pids);
        assert.deepEqual(child.leftovers, { killed: 1, held: [] });
      });

      it("kills a process that left the session together with its parent", async () => {
        const child = kit.start(processes, ["leave-session"]);
        await child.visitors.arrival("main");
        const pids = await child.visitors.arrival("escaped");
        child.child.kill();
        assert.deepEqual(await child.ended(), ["started", "exited SIGKILL", "gone"]);
        assertDead(pids);
      });

      it("finds a daemon that closed its descriptors and forked twice", async () => {
        const child = kit.start(processes, ["daemon"]);
        await child.whenExited();
        const pids = await child.visitors.arrival("daemon");
        assert.equal(child.leftovers, null);
        child.child.kill();
        await child.ended();
        assertDead(pids);
        assert.deepEqual(child.leftovers, { killed: 1, held: [] });
      });

      it("ends a program that closes every descriptor", async () => {
        const child = kit.start(processes, ["close-all"]);
        await child.says("ready");
        const pids = await child.visitors.arrival("main");
        child.child.signal("SIGTERM");
        assert.deepEqual(await child.ended(), ["started", "exited SIGTERM", "gone"]);
        assertDead(pids);
      });

      it("ends a hundred processes in fifty groups", async () => {
        const child = kit.start(processes, ["forks", "100"]);
        const pids = await child.visitors.arrival("fork", 100);
        await child.visitors.arrival("main");
        child.child.kill();
        assert.deepEqual(await child.ended(), ["started", "exited SIGKILL", "gone"]);
        assertDead(pids);
      });

      it("reaches the whole group with a signal, and then kills who left it", async () => {
        const child = kit.start(processes, ["forks", "10"]);
        await child.visitors.arrival("fork", 10);
        await child.visitors.arrival("main");
        child.child.signal("SIGTERM");
        await child.whenExited();
        await child.visitors.departure("fork", 5);
        assert.equal(child.leftovers, null);
        child.child.kill();
        await child.ended();
        assert.deepEqual(child.leftovers, { killed: 5, held: [] });
      });

      it("kills only the tree that it was told to", async () => {
        const other = kit.start(processes, ["leave-session", "and-exit"]);
        await other.whenExited();
        const [survivor = 0] = await other.visitors.arrival("escaped");
        const child = kit.start(processes, ["ignore-term"]);
        await child.says("ready");
        child.child.kill();
        await child.ended();
        assert.notEqual(startTimeOf(survivor), null);
        assert.equal(other.leftovers, null);
        other.child.kill();
        await other.ended();
      });
    });

    describe("close", () => {
      it("ends everything, and starts nothing afterwards", async () => {
        const closing = await kit.open(backend, 200);
        const polite = kit.start(closing, ["wait"]);
        const stubborn = kit.start(closing, ["ignore-term"]);
        const left = kit.start(closing, ["daemon"]);
        await Promise.all([polite.says("ready"), stubborn.says("ready"), left.whenExited()]);
        const pids = await left.visitors.arrival("daemon");
        await Promise.all([closing.close(), closing.close()]);
        assert.deepEqual(polite.happened, ["started", "exited SIGTERM", "gone"]);
        assert.deepEqual(stubborn.happened, ["started", "exited SIGKILL", "gone"]);
        assert.deepEqual(left.happened, ["started", "exited 0", "gone"]);
        assertDead(pids);
        const late = kit.start(closing, ["exit", "0"]);
        assert.deepEqual(await late.ended(), ["failed"]);
        await closing.close();
      });
    });
  });
}

function assertDead(pids: readonly number[]): void {
  assert.deepEqual(
    pids.filter((pid) => startTimeOf(pid) !== null),
    [],
    "gone was reported while these processes lived",
  );
}

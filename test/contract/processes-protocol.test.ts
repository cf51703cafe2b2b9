import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { after, afterEach, before, describe, it } from "node:test";
import { buildKeeper } from "../../src/adapters/process/build-keeper.ts";
import {
  FrameParser,
  encodeCommand,
  parseEvent,
} from "../../src/adapters/process/keeper-protocol.ts";
import type { KeeperCommand, KeeperEvent } from "../../src/adapters/process/keeper-protocol.ts";
import { ProcessesKit } from "./processes-kit.ts";

/** The keeper by itself, spoken to as gust does. */
class Keeper {
  readonly process: ChildProcess;
  readonly output: Readable;
  readonly #events: KeeperEvent[] = [];
  #look: () => void = () => {};

  constructor(path: string, grace: string) {
    this.process = spawn(path, ["-run", `protocol-${process.pid}`, "-grace", grace], {
      stdio: ["pipe", "pipe", "inherit", "pipe"],
    });
    // Nobody reads it until the test does.
    this.output = this.process.stdio[3] as Readable;
    createInterface({ input: this.process.stdout as Readable }).on("line", (line) => {
      const event = parseEvent(line);
      assert.ok(event !== null, line);
      this.#events.push(event);
      this.#look();
    });
  }

  say(command: KeeperCommand | string): void {
    this.process.stdin?.write(typeof command === "string" ? command : encodeCommand(command));
  }

  async event<Name extends KeeperEvent["event"]>(
    name: Name,
    n?: number,
  ): Promise<Extract<KeeperEvent, { event: Name }>> {
    return new Promise((resolve) => {
      this.#look = () => {
        const found = this.#events.find(
          (event) => event.event === name && (n === undefined || ("n" in event && event.n === n)),
        );
        if (found !== undefined) resolve(found as Extract<KeeperEvent, { event: Name }>);
      };
      this.#look();
    });
  }

  has(name: string, n: number): boolean {
    return this.#events.some((event) => event.event === name && "n" in event && event.n === n);
  }

  run(n: number, argv: readonly string[]): void {
    const rest = { dir: "/", env: [], terminal: null, sockets: false, nice: 0 };
    this.say({ do: "spawn", n, argv, stdin: "none", ...rest });
  }

  async end(): Promise<number | null> {
    this.process.stdin?.end();
    this.output.resume();
    if (this.process.exitCode === null) await once(this.process, "exit");
    return this.process.exitCode;
  }
}

describe("the protocol of the keeper", { timeout: 60_000 }, () => {
  let kit: ProcessesKit;
  let path: string;
  let keeper: Keeper;
  before(async () => {
    kit = await ProcessesKit.create();
    const cacheDir = kit.dir;
    path = await buildKeeper({ keeperDir: "keeper", cacheDir, go: "go", onProgress: () => {} });
  });
  afterEach(() => keeper.end());
  after(() => kit.close());

  it("begins with a version, its own number and what it can do", async () => {
    keeper = new Keeper(path, "1s");
    const hello = await keeper.event("hello");
    assert.equal(hello.v, 3);
    assert.equal(hello.pid, keeper.process.pid);
    assert.deepEqual(Object.keys(hello.capabilities).toSorted(), [
      "held",
      "parentDeath",
      "sockets",
      "terminal",
      "treeProof",
    ]);
    assert.equal(await keeper.end(), 0);
  });

  it("reports events while nobody reads the output, and holds the program back", async () => {
    keeper = new Keeper(path, "1s");
    keeper.run(1, [kit.hostile, "print", "50000000"]);
    await keeper.event("started", 1);
    keeper.run(2, [kit.hostile, "exit", "3"]);
    assert.equal((await keeper.event("exited", 2)).code, 3);
    assert.equal(keeper.has("exited", 1), false);
    let bytes = 0;
    const frames = new FrameParser({
      output: (_n, _stream, data) => {
        bytes += data.length;
      },
      mark: () => {},
    });
    keeper.output.on("data", (data: Uint8Array) => frames.push(data));
    await keeper.event("gone", 1);
    await keeper.event("gone", 2);
    keeper.process.stdin?.end();
    await once(keeper.output, "end");
    assert.equal(bytes, 50_000_000);
  });

  it("goes on after lines that are no commands, and says so", async () => {
    keeper = new Keeper(path, "1s");
    keeper.say("this is not JSON\n");
    assert.match((await keeper.event("trouble")).message, /not a command/u);
    keeper.say({ do: "kill", n: 99 });
    keeper.run(1, [kit.hostile, "exit", "0"]);
    await keeper.event("gone", 1);
  });

  it("ends everything when its input ends, although the reader of the output is gone", async () => {
    keeper = new Keeper(path, "100ms");
    keeper.run(1, [kit.hostile, "print", "50000000"]);
    keeper.run(2, [kit.hostile, "exit", "0"]);
    const { pid } = await keeper.event("started", 1);
    keeper.output.destroy();
    assert.equal(await keeper.end(), 0);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });

  it("asks before it forces, and does not wait for the grace to pass without need", async () => {
    keeper = new Keeper(path, "1h");
    const visitors = kit.witness.visitors("polite");
    keeper.say({
      do: "spawn",
      n: 1,
      argv: [kit.hostile, "wait"],
      dir: "/",
      env: [`WITNESS=${visitors.address}`],
      stdin: "none",
      terminal: null,
      sockets: false,
      nice: 0,
    });
    await visitors.arrival("main");
    assert.equal(await keeper.end(), 0);
    assert.equal((await keeper.event("exited", 1)).signal, "SIGTERM");
    await visitors.departure("main");
  });

  it("refuses to run without the output pipe", async () => {
    keeper = new Keeper(path, "1s");
    const bare = spawn(path, [], { stdio: ["pipe", "pipe", "pipe"] });
    const [code] = await once(bare, "exit");
    assert.equal(code, 3);
  });
});

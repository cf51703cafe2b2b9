import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { openKeys } from "../../src/adapters/terminal/keys.ts";
import type { Keys } from "../../src/adapters/terminal/keys.ts";

test("keys are read from a terminal in raw mode, which is restored at the end", () => {
  const run = open({});
  assert.deepEqual(run.modes, [true]);
  run.stdin.emit("data", Buffer.from("r"));
  run.keys?.close();
  assert.deepEqual(run.said, ["rebuild"]);
  assert.deepEqual(run.modes, [true, false]);
  run.stdin.emit("data", Buffer.from("r"));
  run.process.emit("SIGCONT");
  run.keys?.close();
  assert.deepEqual([run.said, run.modes], [["rebuild"], [true, false]]);
  assert.deepEqual(
    [run.process.listenerCount("exit"), run.process.listenerCount("SIGCONT")],
    [0, 0],
  );
});

test("without a terminal there are no keys", () => {
  const run = open({ terminal: false });
  assert.equal(run.keys, null);
  assert.deepEqual(run.modes, []);
});

test("an exit by any way restores the terminal", () => {
  const run = open({});
  run.process.emit("exit");
  assert.deepEqual(run.modes, [true, false]);
});

test("an editor has the terminal as it was found, and keys come back after it", () => {
  const run = open({});
  run.keys?.release();
  run.stdin.emit("data", Buffer.from("q"));
  // While an editor has the terminal, going on after Ctrl-Z must not take it away from it.
  run.process.emit("SIGCONT");
  assert.deepEqual([run.said, run.modes], [[], [true, false]]);
  run.keys?.take();
  run.stdin.emit("data", Buffer.from("v"));
  assert.deepEqual([run.said, run.modes], [["verbose"], [true, false, true]]);
});

test("Ctrl-Z restores the terminal, clears the status line and stops the whole job", async () => {
  const run = open({});
  const stopped = new Promise<void>((resolve) => run.process.once("stopped", () => resolve()));
  run.stdin.emit("data", Buffer.from("\u{1a}"));
  await stopped;
  assert.deepEqual(run.said, ["leave the screen", "kill 0 SIGTSTP"]);
  assert.deepEqual(run.modes, [true, false]);
  run.process.emit("SIGCONT");
  assert.deepEqual(run.said, ["leave the screen", "kill 0 SIGTSTP", "back in front"]);
  assert.deepEqual(run.modes, [true, false, true]);
});

test("gust sent to the background leaves the terminal alone until it is back", () => {
  const run = open({ background: true });
  run.process.emit("SIGCONT");
  run.look();
  assert.deepEqual([run.modes, run.said], [[], ["back"]]);
  run.toForeground();
  run.look();
  assert.deepEqual([run.modes, run.said], [[true], ["back", "back in front"]]);
});

test("gust that was closed in the background does not look any more", () => {
  const run = open({ background: true });
  run.keys?.close();
  run.toForeground();
  run.look();
  assert.deepEqual([run.modes, run.said], [[], []]);
});

test("the program gets what is typed to it", () => {
  const run = open({});
  run.stdin.emit("data", Buffer.from("i"));
  run.stdin.emit("data", Buffer.from("hello\u{1d}"));
  assert.deepEqual(run.said, ["interact", "<hello>", "leave"]);
});

class Stdin extends EventEmitter {
  readonly isTTY: boolean;
  readonly modes: boolean[] = [];

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  setRawMode(raw: boolean): void {
    this.modes.push(raw);
  }

  resume(): void {
    this.emit("resumed");
  }

  pause(): void {
    this.emit("paused");
  }
}

interface Run {
  readonly keys: Keys | null;
  readonly stdin: Stdin;
  readonly process: EventEmitter;
  readonly modes: readonly boolean[];
  readonly said: readonly string[];
  toForeground(): void;
  /** Time passes. */
  look(): void;
}

function open(options: { readonly terminal?: boolean; readonly background?: boolean }): Run {
  const stdin = new Stdin(options.terminal ?? true);
  const said: string[] = [];
  let timer: (() => void) | null = null;
  let foreground = options.background !== true;
  const process = Object.assign(new EventEmitter(), {
    kill: (pid: number, signal: string) => {
      said.push(`kill ${pid} ${signal}`);
      process.emit("stopped");
    },
  });
  const keys = openKeys({
    stdin,
    process,
    onKey: (command) => said.push(command),
    onBytes: (data) => said.push(`<${Buffer.from(data).toString()}>`),
    onSuspend: async () => {
      said.push("leave the screen");
    },
    onResume: (front) => said.push(front ? "back in front" : "back"),
    after: (_ms, callback) => {
      timer = callback;
      return () => {
        timer = null;
      };
    },
    foreground: () => foreground,
  });
  return {
    keys,
    stdin,
    process,
    modes: stdin.modes,
    said,
    look: () => timer?.(),
    toForeground: () => {
      foreground = true;
    },
  };
}

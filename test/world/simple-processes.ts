import { spawn } from "node:child_process";
import type { Child, ChildSink, Processes, SpawnSpec } from "../../src/engine/processes.ts";

/** The smallest `Processes` that runs real commands: process groups, and no proofs. */
export function simpleProcesses(): SimpleProcesses {
  const alive = new Set<number>();
  const spawned: SpawnSpec[] = [];
  let waiting: (() => void)[] = [];
  return {
    alive,
    spawned,
    nextOutput: () => new Promise((resolve) => waiting.push(resolve)),
    capabilities: {
      backend: "node",
      sockets: false,
      treeProof: false,
      terminal: false,
      parentDeath: false,
      loss: null,
    },
    spawn: (spec, sink) => {
      spawned.push(spec);
      const heard: ChildSink = {
        ...sink,
        output: (stream, data) => {
          sink.output(stream, data);
          for (const resolve of waiting) resolve();
          waiting = [];
        },
      };
      return start(spec, heard, alive);
    },
    holdOutput: () => undefined,
    portOwner: async () => null,
    close: async () => {
      for (const pid of alive) killGroup(pid, "SIGKILL");
    },
  };
}

export interface SimpleProcesses extends Processes {
  /** Process ids of the children that are not gone. */
  readonly alive: ReadonlySet<number>;
  /** Everything that was asked for, in order. */
  readonly spawned: readonly SpawnSpec[];
  /** Resolves when a child has written something, and so is well under way. */
  nextOutput(): Promise<void>;
}

function start(spec: SpawnSpec, sink: ChildSink, alive: Set<number>): Child {
  const [file = "", ...args] = spec.argv;
  const child = spawn(file, args, {
    cwd: spec.dir,
    env: spec.env,
    detached: true,
    stdio: [spec.stdin === "pipe" ? "pipe" : "ignore", "pipe", "pipe"],
  });
  const pid = child.pid;
  child.on("spawn", () => {
    alive.add(pid ?? 0);
    sink.started(pid ?? 0);
  });
  child.on("error", (error) => {
    if (pid !== undefined) return;
    sink.failed({ code: "START_FAILED", message: `cannot start ${file}`, seen: error.message });
  });
  // Who ends does not read on.
  child.stdin?.on("error", () => undefined);
  child.stdout?.on("data", (data: Buffer) => sink.output("stdout", data));
  child.stderr?.on("data", (data: Buffer) => sink.output("stderr", data));
  child.on("exit", (code, signal) => sink.exited(code, signal));
  child.on("close", () => {
    if (pid === undefined) return;
    alive.delete(pid);
    sink.gone({ killed: 0, held: [] });
  });
  const kill = (signal: string): void => {
    if (pid !== undefined) killGroup(pid, signal);
  };
  return {
    signal: kill,
    kill: () => kill("SIGKILL"),
    write: (data) => void child.stdin?.write(data),
    closeInput: () => void child.stdin?.end(),
    resize: () => undefined,
    setEcho: () => undefined,
    settle: () => undefined,
  };
}

function killGroup(pid: number, signal: string): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

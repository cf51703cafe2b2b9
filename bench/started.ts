import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { benchEnv } from "./commands.ts";
import { processTree, processesWith } from "./proc-tree.ts";

/** Marks everything that this run starts, so that nothing of it stays. */
const mark = randomBytes(8).toString("hex");
const running = new Set<ChildProcess>();

/** How long a tool may take to end when it is asked to. */
const patienceMs = 10_000;

/** Starts a process that is ended with this run at the latest. Its stdin is a pipe. */
export function start(
  argv: readonly [string, ...string[]],
  options: Pick<SpawnOptions, "cwd" | "stdio"> & {
    readonly env?: Readonly<Record<string, string>>;
  },
): ChildProcess {
  const [command, ...args] = argv;
  const child = spawn(command, args, {
    ...options,
    env: { ...benchEnv(), ...options.env, GUST_BENCH: mark },
    // Ctrl-C reaches this process alone, which then ends the others in order.
    detached: true,
  });
  running.add(child);
  child.on("exit", () => running.delete(child));
  // A process that cannot be started is found by whoever waits for its first word.
  child.on("error", (error) => process.stderr.write(`${command}: ${error.message}\n`));
  return child;
}

/** Asks a process to end, and ends its whole tree when it does not. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exit = once(child, "exit");
  const timer = setTimeout(() => killTree(child.pid), patienceMs);
  child.stdin?.end();
  child.kill("SIGINT");
  await exit;
  clearTimeout(timer);
}

/** Ends all that was started and has not ended. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((child) => stop(child)));
  sweep();
}

/** Makes sure that nothing stays, however this process ends. */
export function guardAgainstLeftovers(): void {
  let asked = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (asked) process.exit(130);
      asked = true;
      process.stderr.write("\nending what was started…\n");
      void stopAll().finally(() => process.exit(130));
    });
  }
  process.on("exit", () => {
    for (const child of running) killTree(child.pid);
    sweep();
  });
}

function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  const tree = processTree(pid);
  for (const one of tree.length > 0 ? tree.map((each) => each.pid) : [pid]) kill(one);
}

function sweep(): void {
  for (const pid of processesWith(`GUST_BENCH=${mark}`)) kill(pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

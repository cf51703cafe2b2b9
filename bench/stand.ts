import type { ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { runGo } from "./commands.ts";
import { start, stop } from "./started.ts";

/** Builds the test stand and returns its path. */
export async function buildStand(work: string): Promise<string> {
  const binary = resolve(work, process.platform === "win32" ? "stand.exe" : "stand");
  await runGo(["build", "-o", binary, "."], { dir: "bench/stand" });
  return binary;
}

/** One save, and how the server is watched; see stand/probe.go. */
export interface Save {
  /** Absolute; "" saves nothing and waits for the marker only. */
  readonly file: string;
  readonly content: string;
  readonly socket: string;
  readonly port: number;
  readonly path: string;
  readonly marker: string;
  readonly everyUs: number;
  readonly afterMs: number;
  readonly timeoutMs: number;
}

/** What was seen, in milliseconds and counts. `firstMs` is -1 when the new code never answered. */
export interface Sight {
  /** Wall-clock time of the save. */
  readonly savedAt: number;
  readonly firstMs: number;
  readonly downMs: number;
  readonly longMs: number;
  readonly requests: number;
  readonly refused: number;
  readonly broken: number;
  readonly late: number;
}

export interface Probe {
  save(save: Save): Promise<Sight>;
  close(): Promise<void>;
}

export function openProbe(stand: string): Probe {
  const child = start([stand, "probe"], { stdio: ["pipe", "pipe", "inherit"] });
  const answers = linesOf(child);
  return {
    async save(save) {
      child.stdin?.write(`${JSON.stringify(save)}\n`);
      const { value, done } = await answers.next();
      if (done === true) throw new Error("the test stand has ended");
      const sight = JSON.parse(value) as Sight & { error?: string };
      if (sight.error !== undefined) throw new Error(sight.error);
      return sight;
    },
    close: () => stop(child),
  };
}

/** The lines of a process's stdout, one after the other. */
export function linesOf(child: ChildProcess): AsyncIterator<string, undefined> {
  if (child.stdout === null) throw new Error("its stdout is no pipe");
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

import type { WriteStream } from "node:tty";
import type { Clock } from "../../engine/ports.ts";
import { Screen } from "./screen.ts";
import type { Stream } from "./screen.ts";
import { descriptorSink, sameDestination, streamSink } from "./sink.ts";
import type { Sink } from "./sink.ts";

/** The screen on this process's own stdout and stderr. */
export function openScreen(clock: Clock, lost: (stream: Stream, error: Error) => void): Screen {
  const terminals = process.stdout.isTTY && process.stderr.isTTY;
  // Consoles of Windows look alike to fstat, or cannot be asked at all.
  const shared = process.platform === "win32" ? terminals : sameDestination(1, 2);
  return new Screen({
    stdout: sinkOf(1, process.stdout),
    stderr: sinkOf(2, process.stderr),
    shared,
    terminal: process.stderr.isTTY && process.env["TERM"] !== "dumb",
    after: (ms, callback) => clock.after(ms, callback),
    lost,
  });
}

/** Columns of the terminal that gust's lines go to; null when they go to none. */
export function terminalColumns(): number | null {
  return process.stderr.isTTY ? process.stderr.columns : null;
}

/** Whether gust's lines have colours: in `auto` mode where they go to a terminal that takes them. */
export function wantsColors(mode: "auto" | "always" | "never"): boolean {
  if (mode !== "auto") return mode === "always";
  // Without a terminal Node leaves isTTY undefined, for which picocolors would decide by itself.
  if (!process.stderr.isTTY) return false;
  const { env } = process;
  return (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

/** Calls back whenever the terminal gets another size; the result stops that. */
export function onResize(callback: () => void): () => void {
  process.stderr.on("resize", callback);
  return () => {
    process.stderr.off("resize", callback);
  };
}

function sinkOf(descriptor: number, stream: WriteStream): Sink {
  // A console of Windows understands UTF-8 and escape sequences only through Node's stream.
  if (process.platform === "win32" && stream.isTTY) return streamSink(stream);
  return descriptorSink(descriptor, stream);
}

import type { Failure } from "../../core/failure.ts";
import type { Notice } from "../../core/notice.ts";
import type { ConsoleEntry } from "../../core/page-state.ts";
import type { View } from "../../core/view.ts";
import type { WatchReport } from "../../engine/ports.ts";
import type { TracedCommand } from "./command-words.ts";
import type { Stream } from "./screen.ts";

/** Everything that gust shows, to a person or (with `--json`) to a program. */
export interface Face {
  notice(notice: Notice, view: View): void;
  view(view: View): void;
  /**
   * Passes on what the program wrote. False: so much waits that the program should be held up;
   * `drained` tells when to go on. The bytes must not be changed afterwards.
   */
  output(stream: Stream, data: Uint8Array): boolean;
  /** Resolves when everything that waited is written. */
  drained(): Promise<void>;
  /** Says what is watched, once it is. */
  watching(report: WatchReport, root: string): void;
  /** What has been built is not started before these services are ready. */
  waiting(names: readonly string[]): void;
  /** What a browser has written to its console. */
  console(entry: ConsoleEntry): void;
  /** A failure outside of the engine's notices; `what` in few words, such as `keeper`. */
  failure(what: string, failure: Failure): void;
  /** A command that gust runs, where it was asked to show them. */
  command(command: TracedCommand): void;
  /** The last word before gust leaves with this exit code; resolves when all is written. */
  close(code: number): Promise<void>;
  /** Writes what waits in a blocking way, for an exit that cannot wait. */
  rescue(): void;
}

import type { Processes } from "../../../engine/processes.ts";

export type Env = Readonly<Record<string, string>>;

export interface DirectOptions {
  readonly processes: Processes;
  /** Absolute path of the `go` command. */
  readonly go: string;
  /** Absolute directory in which `go build` runs. */
  readonly dir: string;
  /** The main package, as `go build` takes it. */
  readonly package: string;
  /** Absolute directory for what is compiled; it is made, and stays as long as gust runs. */
  readonly work: string;
  /** Limit of each command. */
  readonly timeoutMs: number;
  /** Told of every process that is started and gone. */
  readonly onProcess?: ((pid: number, alive: boolean) => void) | undefined;
}

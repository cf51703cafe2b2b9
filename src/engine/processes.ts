import type { Failure } from "../core/failure.ts";
import type {
  GoroutineGroup,
  Leftovers,
  Place,
  StateNews,
  StopReport,
  Told,
} from "../core/event.ts";
import type { Address } from "../core/version.ts";

/**
 * The low-level port for running commands, used by builder, rules, graph loader and runner.
 * Two adapters implement it: the keeper (a Go program of ours) and plain `child_process`.
 */
export interface Processes {
  readonly capabilities: Capabilities;
  spawn(spec: SpawnSpec, sink: ChildSink): Child;
  /** Reads no more output of any child until then: whoever writes too much has to wait. */
  holdOutput(until: Promise<void>): void;
  /** Who listens on this TCP port, or null when nobody does or it cannot be known. */
  portOwner(port: number): Promise<PortOwner | null>;
  /** Closes all held sockets but those of these addresses. */
  release?(keep: readonly Address[]): void;
  /** Listens for a program that does not run yet; an address that somebody else has is left out. */
  listen?(addresses: readonly Address[]): void;
  /** What clients are told at held sockets while no held child accepts; null: they just wait. */
  hold?(answer: HeldAnswer | null): void;
  /** Tells the service manager that started gust, by the socket in NOTIFY_SOCKET. */
  notify?(text: string): void;
  /** Ends everything that was started and waits until it is gone. */
  close(): Promise<void>;
}

export interface Capabilities {
  readonly backend: "keeper" | "node";
  /** `listening` is reported. */
  readonly sockets: boolean;
  /** The end of a whole process tree is proved, not guessed. */
  readonly treeProof: boolean;
  /** A pseudo-terminal can be had. */
  readonly terminal: boolean;
  /** Listening sockets are held for `held` children, and handed from one to the next. */
  readonly held?: boolean;
  /** Children die when gust is killed by force. */
  readonly parentDeath: boolean;
  /** What is lost with this back end, in one line; null when nothing is. */
  readonly loss: string | null;
}

export interface HeldAnswer {
  /** How long a client is kept waiting. */
  readonly ms: number;
  /** HTML for browsers that load a page, at once; "" where they wait like all others. */
  readonly page: string;
  /** Plain text for all others, when their time is over. */
  readonly text: string;
  /** The value of X-Gust-Build; "" for none. */
  readonly header: string;
  /** Path of the socket that answers what pages ask gust itself; "" for none. */
  readonly desk: string;
}

export interface SpawnSpec {
  /** Executable (absolute, or looked up in the PATH of `env`) and its arguments. */
  readonly argv: readonly string[];
  /** Absolute working directory. */
  readonly dir: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** `none` is the null device; `pipe` takes `write` and `closeInput`. */
  readonly stdin: "none" | "pipe";
  /** Streams that get a pseudo-terminal; the others get pipes. Null: pipes only. */
  readonly terminal: TerminalSpec | null;
  /** Watch for listening sockets of the tree until `settle`. */
  readonly sockets: boolean;
  /**
   * It gets the listening sockets of the `held` children before it, where it takes part. While one
   * of them accepts connections it does not, until that one is drained or ends.
   */
  readonly held?: boolean;
  /**
   * It is started as systemd starts a service: with the listening sockets that were opened for it as
   * descriptors 3 and on, and with a NOTIFY_SOCKET.
   */
  readonly service?: boolean;
  /** It may keep values for the `state` child that comes after it. */
  readonly state?: boolean;
  /** Niceness added to the child's; 0 keeps it. */
  readonly nice: number;
}

export interface TerminalSpec {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** Also make it the child's stdin (its controlling terminal). */
  readonly stdin: boolean;
  readonly columns: number;
  readonly rows: number;
  /** Whether the pseudo-terminal echoes what is written to it. */
  readonly echo: boolean;
}

/**
 * What happens to a child, in this order: `started` or `failed`; any `output` and `listening`;
 * `exited`; then `gone`, after which nothing follows. All output comes before `gone`.
 */
export interface ChildSink {
  started(pid: number): void;
  /** It could not be started; nothing else follows. */
  failed(failure: Failure): void;
  output(stream: "stdout" | "stderr", data: Uint8Array): void;
  /**
   * A held child speaks to the keeper: it takes part in swaps without a gap. Comes before its first
   * `listening`, or never.
   */
  shim?(): void;
  /** It accepts connections now, in place of the child that was drained to it. */
  accepting?(): void;
  /**
   * The answer to `drain`: no connection is left, or the time is over. Those left cannot be moved,
   * or a request is still under way on them; what can be moved later is moved later.
   */
  drained?(report: ChildDrained): void;
  /** After that: fewer connections are left. */
  left?(left: number): void;
  /** A `service` child has told how it is. */
  told?(told: Told): void;
  /** What became of the values that it keeps. */
  state?(news: StateNews): void;
  /** A debugger has stopped it at `place`, or lets it go on. */
  paused?(paused: boolean, place: Place | null): void;
  /** The answer to `report`. */
  reported?(report: StopReport): void;
  /** All addresses that the tree listens on now, when that changes; `unheld` cannot be handed on. */
  listening(addresses: readonly Address[], unheld: readonly Address[]): void;
  /** The child itself ended; others of its tree may live and write on. */
  exited(code: number | null, signal: string | null): void;
  gone(leftovers: Leftovers): void;
}

export interface Child {
  /** Sends a signal (`SIGTERM`) to the process group. Without effect once the child is gone. */
  signal(name: string): void;
  /** SIGKILL to every process of the tree, repeated until all are gone. */
  kill(): void;
  write(data: Uint8Array): void;
  closeInput(): void;
  resize(columns: number, rows: number): void;
  setEcho(on: boolean): void;
  /** Accept nothing more, hand open connections on, and tell within the time. */
  drain?(order: DrainOrder): void;
  /** What answers tell of the build. */
  label?(text: string): void;
  /** Tell what is done; answered by `reported`, unless the child ends. */
  report?(): void;
  /**
   * Opens a port of this machine by which one connection comes to the child, whoever accepts at its
   * own address. 0: its first address. Null: there is no way to it.
   */
  openDoor?(port: number): Promise<number | null>;
  /** Those ports of this machine whose connections to that one the child has. */
  accepted?(from: readonly number[], port: number): Promise<readonly number[]>;
  /** Stop watching sockets. */
  settle(): void;
}

export interface ChildDrained {
  readonly moved: number;
  readonly closed: number;
  readonly left: number;
  readonly main: Place | null;
  readonly goroutines: readonly GoroutineGroup[];
}

export interface DrainOrder {
  /** Another held child; null: connections wait for the next one. */
  readonly to: Child | null;
  /** How long requests may take. */
  readonly ms: number;
  /** When answers without an end are closed. */
  readonly streams: "last" | "first" | "never";
}

export interface PortOwner {
  readonly pid: number;
  readonly name: string;
}

import type { Failure } from "../../core/failure.ts";
import type { Child, ChildSink, DrainOrder, SpawnSpec } from "../../engine/processes.ts";
import { startFailure } from "./keeper-protocol.ts";
import type { KeeperCommand, KeeperEvent } from "./keeper-protocol.ts";
import { requireSignal } from "./signal-names.ts";

type ChildEvent = Exclude<
  KeeperEvent,
  { event: "hello" | "port-owner" | "probe" | "accepted" | "trouble" }
>;

/** How a child speaks to the keeper. */
export interface KeeperLine {
  readonly send: (command: KeeperCommand) => void;
  /** Asks for a door to a child; null when there is none. */
  readonly door: (n: number, port: number) => Promise<number | null>;
  /** Asks which connections a child has. */
  readonly accepted: (
    n: number,
    from: readonly number[],
    port: number,
  ) => Promise<readonly number[]>;
}

/**
 * One child of the keeper. Events and output come over two pipes, in no order between them: output
 * is held back until `started` was seen, and `exited` and `gone` until the output has reached the
 * place at which the keeper marked them.
 */
export class KeptChild implements Child {
  readonly #n: number;
  readonly #spec: SpawnSpec;
  readonly #sink: ChildSink;
  readonly #send: KeeperLine["send"];
  readonly #door: KeeperLine["door"];
  readonly #accepted: KeeperLine["accepted"];
  readonly #marks: Set<"exited" | "gone"> = new Set();
  #early: ["stdout" | "stderr", Uint8Array][] | null = [];
  #exited: Extract<ChildEvent, { event: "exited" }> | null = null;
  #gone: Extract<ChildEvent, { event: "gone" }> | null = null;
  #state: "starting" | "running" | "exited" | "gone" = "starting";

  constructor(n: number, spec: SpawnSpec, sink: ChildSink, line: KeeperLine) {
    this.#n = n;
    this.#spec = spec;
    this.#sink = sink;
    this.#send = line.send;
    this.#door = line.door;
    this.#accepted = line.accepted;
  }

  /** Nothing follows any more. */
  get finished(): boolean {
    return this.#state === "gone";
  }

  signal(name: string): void {
    this.#tell({ do: "signal", n: this.#n, signal: requireSignal(name) });
  }

  kill(): void {
    this.#tell({ do: "kill", n: this.#n });
  }

  write(data: Uint8Array): void {
    this.#tell({ do: "write", n: this.#n, data: Buffer.from(data).toString("base64") });
  }

  closeInput(): void {
    this.#tell({ do: "close-input", n: this.#n });
  }

  resize(columns: number, rows: number): void {
    this.#tell({ do: "resize", n: this.#n, columns, rows });
  }

  setEcho(on: boolean): void {
    this.#tell({ do: "echo", n: this.#n, on });
  }

  settle(): void {
    this.#tell({ do: "settle", n: this.#n });
  }

  drain({ to, ms, streams }: DrainOrder): void {
    // A successor of another back end cannot get connections.
    const successor = to instanceof KeptChild ? to.#n : 0;
    const rounded = Math.max(0, Math.round(ms));
    this.#tell({ do: "drain", n: this.#n, to: successor, ms: rounded, streams });
  }

  label(text: string): void {
    this.#tell({ do: "label", n: this.#n, text });
  }

  report(): void {
    this.#tell({ do: "report", n: this.#n });
  }

  openDoor(port: number): Promise<number | null> {
    return this.#state === "running" ? this.#door(this.#n, port) : Promise.resolve(null);
  }

  accepted(from: readonly number[], port: number): Promise<readonly number[]> {
    return this.#state === "running" ? this.#accepted(this.#n, from, port) : Promise.resolve([]);
  }

  handle(event: ChildEvent): void {
    switch (event.event) {
      case "started":
        this.#started(event.pid);
        return;
      case "failed":
        this.#state = "gone";
        this.#sink.failed(startFailure(this.#spec.argv, this.#spec.dir, event));
        return;
      case "listening":
        if (this.#state === "running") this.#sink.listening(event.addresses, event.unheld);
        return;
      case "shim":
        if (this.#state === "running") this.#sink.shim?.();
        return;
      case "accepting":
        if (this.#state === "running") this.#sink.accepting?.();
        return;
      case "drained":
        if (this.#state === "running") {
          const { moved, closed, left, main, goroutines } = event;
          this.#sink.drained?.({ moved, closed, left, main, goroutines });
        }
        return;
      case "left":
        if (this.#state === "running") this.#sink.left?.(event.left);
        return;
      case "report":
        if (this.#state === "running") {
          const { left, descriptors, goroutines } = event;
          this.#sink.reported?.({ left, descriptors, goroutines });
        }
        return;
      case "state":
        if (this.#state === "running") {
          const { event: _, n: __, ...news } = event;
          this.#sink.state?.(news);
        }
        return;
      case "told":
        if (this.#state === "running") {
          const { ready, stopping, status } = event;
          this.#sink.told?.({ ready, stopping, status });
        }
        return;
      case "exited":
        this.#exited = event;
        break;
      case "gone":
        this.#gone = event;
        break;
    }
    this.#advance();
  }

  output(stream: "stdout" | "stderr", data: Uint8Array): void {
    if (this.#early === null) this.#sink.output(stream, data);
    else this.#early.push([stream, data]);
  }

  mark(mark: "exited" | "gone"): void {
    this.#marks.add(mark);
    this.#advance();
  }

  /** The keeper is lost, and this child with it. */
  abandon(failure: Failure): void {
    if (this.#state === "starting") this.#sink.failed(failure);
    if (this.#state === "running") {
      this.#sink.exited(this.#exited?.code ?? null, this.#exited ? this.#exited.signal : "SIGKILL");
    }
    if (this.#state === "running" || this.#state === "exited") {
      this.#sink.gone({ killed: 0, held: [] });
    }
    this.#state = "gone";
  }

  #tell(command: KeeperCommand): void {
    if (this.#state !== "gone") this.#send(command);
  }

  #started(pid: number): void {
    this.#state = "running";
    this.#sink.started(pid);
    const early = this.#early ?? [];
    this.#early = null;
    for (const [stream, data] of early) this.#sink.output(stream, data);
    this.#advance();
  }

  #advance(): void {
    if (this.#state === "running" && this.#exited !== null && this.#marks.has("exited")) {
      this.#state = "exited";
      this.#sink.exited(this.#exited.code, this.#exited.signal);
    }
    if (this.#state === "exited" && this.#gone !== null && this.#marks.has("gone")) {
      this.#state = "gone";
      this.#sink.gone({ killed: this.#gone.killed, held: this.#gone.held });
    }
  }
}

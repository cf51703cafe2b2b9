import type {
  Capabilities,
  Child,
  ChildSink,
  PortOwner,
  Processes,
  SpawnSpec,
} from "../../engine/processes.ts";
import { NodeChild } from "./node-child.ts";

export interface NodeProcessesOptions {
  /** Put into every child's environment as GUST_RUN. */
  readonly runId: string;
  /** Milliseconds between SIGTERM and SIGKILL when gust ends. */
  readonly graceMs: number;
  /** Why the keeper is not used; null when nobody asked for it. */
  readonly reason: string | null;
}

/** The back end for machines without a keeper: plain `child_process`. */
export function openNodeProcesses(options: NodeProcessesOptions): Processes {
  return new NodeProcesses(options);
}

class NodeProcesses implements Processes {
  readonly capabilities: Capabilities;
  readonly #options: NodeProcessesOptions;
  readonly #children: Set<NodeChild> = new Set();
  #lastNumber = 0;
  #closing: Promise<void> | null = null;

  constructor(options: NodeProcessesOptions) {
    this.#options = options;
    this.capabilities = {
      backend: "node",
      sockets: false,
      treeProof: false,
      terminal: false,
      parentDeath: false,
      held: false,
      loss: describeLoss(options.reason),
    };
  }

  spawn(spec: SpawnSpec, sink: ChildSink): Child {
    this.#lastNumber += 1;
    const child = new NodeChild(
      { runId: this.#options.runId, number: this.#lastNumber },
      spec,
      sink,
      () => this.#children.delete(child),
    );
    if (this.#closing === null) {
      this.#children.add(child);
      child.start();
    } else {
      const message = `${spec.argv[0] ?? "a command"} was not started because gust is ending`;
      queueMicrotask(() => sink.failed({ code: "START_FAILED", message }));
    }
    return child;
  }

  holdOutput(until: Promise<void>): void {
    for (const child of this.#children) child.holdOutput(until);
  }

  portOwner(_port: number): Promise<PortOwner | null> {
    return Promise.resolve(null);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const all = [...this.#children];
    for (const child of all) child.signal("SIGTERM");
    const timer = setTimeout(() => {
      for (const child of all) child.kill();
    }, this.#options.graceMs);
    await Promise.all(all.map((child) => child.ended));
    clearTimeout(timer);
  }
}

function describeLoss(reason: string | null): string {
  const because = reason === null ? "" : ` (${reason})`;
  return (
    `without the keeper${because} programs see no terminal, gust does not see when they listen, ` +
    "and they outlive a gust that is killed by force"
  );
}

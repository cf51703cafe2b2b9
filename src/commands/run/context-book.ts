import type { ProcessContext } from "../../adapters/program/log-context.ts";

/** The contexts of the processes that live, by their numbers: `--json` tells them of what is live. */
export class ContextBook {
  readonly #known = new Map<number, ProcessContext>();

  tell(pid: number, context: ProcessContext | null): void {
    if (context === null) this.#known.delete(pid);
    else this.#known.set(pid, context);
  }

  of(pid: number): ProcessContext | null {
    return this.#known.get(pid) ?? null;
  }
}

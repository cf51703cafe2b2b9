import { type Fields, fieldsOf } from "./json-stream.ts";
import type { Rpc } from "./rpc.ts";

/** A breakpoint as delve's JSON-RPC has it. */
export type Breakpoint = Fields;

/**
 * The breakpoints of the running version, kept for the next one. Those of an editor that speaks the
 * debug adapter protocol are told apart: it sets them itself when it comes.
 */
export class Breakpoints {
  #kept: readonly Breakpoint[] = [];

  /** Asks a stopped delve for all that it has; what could not be set stays for another time. */
  async remember(rpc: Rpc, unset: readonly Breakpoint[]): Promise<void> {
    const listed = await rpc.call("ListBreakpoints", {});
    if (!listed.ok) return;
    const all = listed.value["Breakpoints"];
    const found = (Array.isArray(all) ? all : [])
      .map(fieldsOf)
      .filter((one) => one !== null)
      // Numbers below 1 are delve's own: for panics, and for fatal errors.
      .filter((one) => Number(one["id"]) > 0);
    this.#kept = [...found, ...unset];
  }

  /** Sets them in a delve whose program has not begun; returns those that cannot be set. */
  async restore(rpc: Rpc, editor: boolean): Promise<readonly Breakpoint[]> {
    const unset: Breakpoint[] = [];
    for (const one of this.#kept) {
      if (editor && isOfEditor(one)) continue;
      const made = await rpc.call("CreateBreakpoint", { Breakpoint: asNew(one) });
      if (!made.ok) unset.push(one);
    }
    return unset;
  }

  /** Takes away what is an editor's, which is about to set its own. The program must be stopped. */
  async clearEditors(rpc: Rpc): Promise<void> {
    const mine = this.#kept.filter((one) => isOfEditor(one));
    for (const one of mine) await rpc.call("ClearBreakpoint", { Id: one["id"] });
    this.#kept = this.#kept.filter((one) => !isOfEditor(one));
  }

  /** Nothing stops a program any more that is to end. */
  async clear(rpc: Rpc): Promise<void> {
    for (const one of this.#kept) await rpc.call("ClearBreakpoint", { Id: one["id"] });
  }

  get ofEditor(): boolean {
    return this.#kept.some((one) => isOfEditor(one));
  }
}

/** delve's names for them have a space, which it takes from nobody else. */
export function isOfEditor(breakpoint: Breakpoint): boolean {
  const { name } = breakpoint;
  return typeof name === "string" && /\s/.test(name);
}

export function placeText(breakpoint: Breakpoint): string {
  const { file, line } = breakpoint;
  return `${typeof file === "string" ? file : "?"}:${Number(line)}`;
}

/** Where it is and what it does, but not where it was in the memory of another program. */
function asNew(breakpoint: Breakpoint): Breakpoint {
  const { addr: _a, addrs: _b, addrpid: _c, hitCount: _d, totalHitCount: _e, ...rest } = breakpoint;
  return { ...rest, name: isOfEditor(breakpoint) ? "" : breakpoint["name"] };
}

import { isSettled } from "../../../core/waits.ts";
import type { Engine } from "../../../engine/engine.ts";
import type { ProgramRunner } from "../../../adapters/program/runner.ts";
import type { User, UserOptions } from "../user.ts";
import { isSettledView } from "./board.ts";
import { type Member, nameOf, needsOf } from "./plan.ts";

/** The engines of all services, once they run. */
export class Group {
  private readonly members: readonly Member[];
  private readonly joinedBy = new Map<string, UserOptions>();
  private readonly over = new Set<string>();
  private leaving = false;
  /** Given by who has the terminal. */
  debugTest: User["debugTest"] = () => Promise.resolve(null);

  constructor(members: readonly Member[]) {
    this.members = members;
  }

  get names(): readonly string[] {
    return this.members.map(nameOf);
  }

  /** A service has come up as far as it can be told something. */
  joined(name: string, options: UserOptions): User {
    this.joinedBy.set(name, options);
    // Told to leave while it was opened.
    if (this.leaving) this.stopWhereDue();
    return {
      close: () => undefined,
      debugTest: (test) => this.debugTest(test),
      afterwards: () => Promise.resolve(),
    };
  }

  options(name: string): UserOptions | null {
    return this.joinedBy.get(name) ?? null;
  }

  engine(name: string): Engine | null {
    return this.joinedBy.get(name)?.engine ?? null;
  }

  runner(name: string): ProgramRunner | null {
    return this.joinedBy.get(name)?.runner ?? null;
  }

  /** Those that run, and can be told something. */
  engines(): readonly Engine[] {
    return [...this.joinedBy].flatMap(([name, { engine }]) =>
      this.over.has(name) ? [] : [engine],
    );
  }

  /** Whether it is not what it should be, and nothing is under way that could change that. */
  isLost(name: string): boolean {
    if (this.over.has(name)) return true;
    const engine = this.engine(name);
    return engine !== null && isSettled(engine.state()) && !isSettledView(engine.view());
  }

  /** Lets these, and what they need, look at the disk and decide what becomes of them. */
  ask(names: readonly string[]): void {
    for (const member of this.members.filter((one) => names.includes(nameOf(one)))) {
      this.engine(nameOf(member))?.dispatch({ type: "wait-requested", request: NOBODY });
      this.ask(needsOf(member));
    }
  }

  readsDir(path: string): boolean {
    return this.engines().some((engine) => engine.state().graph.index?.readsDir(path) === true);
  }

  /** Ends all: those that need others first, so that nobody misses what it needs. */
  leave(): void {
    this.leaving = true;
    this.stopWhereDue();
  }

  /** Without waiting for anything. */
  force(): void {
    this.leaving = true;
    for (const engine of this.engines()) {
      engine.dispatch({ type: "quit-requested", exitCode: 0 });
      engine.dispatch({ type: "quit-requested", exitCode: 0 });
    }
  }

  /** One is gone. One that could not run at all ends the others. */
  ended(name: string, code: number): void {
    this.over.add(name);
    if (this.leaving) this.stopWhereDue();
    else if (code !== 0) this.leave();
  }

  private stopWhereDue(): void {
    const left = this.members.filter((member) => !this.over.has(nameOf(member)));
    const highest = Math.max(...left.map(({ rank }) => rank));
    for (const member of left.filter(({ rank }) => rank === highest)) {
      const engine = this.engine(nameOf(member));
      if (engine !== null && engine.state().quitting === null) {
        engine.dispatch({ type: "quit-requested", exitCode: 0 });
      }
    }
  }
}

/** Those who ask by the control socket are numbered from 1. */
const NOBODY = 0;

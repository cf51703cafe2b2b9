import assert from "node:assert/strict";
import type { Effect } from "../../src/core/effect.ts";
import type { Happening } from "../../src/core/event.ts";
import type { Child, Source } from "./program.ts";
import type { Random } from "./random.ts";

/** What the processes need of their world. */
export interface ChildWorld {
  readonly random: Random;
  readonly attached: boolean;
  readonly locks: boolean;
  /** It runs in a debugger, which stops it now and then. */
  readonly debugged: boolean;
  readonly leaving: () => boolean;
  readonly dispatch: (happening: Happening) => void;
  readonly later: (ms: number, run: () => void) => void;
  /** What was compiled into a build; undefined when its binary was removed. */
  readonly sourceOf: (build: number) => Source | undefined;
}

/** The processes of the program, as unreliable as real ones. */
export class Children {
  private readonly world: ChildWorld;
  private readonly children = new Map<number, Child>();
  /** What each process tells of its build. */
  readonly labels = new Map<number, string>();

  constructor(world: ChildWorld) {
    this.world = world;
  }

  get aliveCount(): number {
    return [...this.children.values()].filter((child) => child.alive).length;
  }

  start(effect: Extract<Effect, { type: "start-process" }>): void {
    const { instance, version } = effect;
    const source = this.world.sourceOf(version.artifact.build);
    assert.ok(source !== undefined, "a binary was started that had been removed");
    const child: Child = {
      source,
      alive: true,
      signalled: false,
      paused: false,
      attached: this.world.attached,
    };
    this.children.set(instance, child);
    this.labels.set(instance, effect.label);
    const ifAlive = (run: () => void) => (): void => (child.alive ? run() : undefined);
    const pid = 1000 + instance;
    this.world.later(
      1,
      ifAlive(() => this.world.dispatch({ type: "process-started", instance, pid })),
    );
    if (child.attached) {
      this.world.later(
        1,
        ifAlive(() => this.world.dispatch({ type: "process-attached", instance })),
      );
    }
    if (this.world.debugged) this.pauseSometimes(instance, child);
    const { quality } = source;
    if (quality === "crash-at-start") {
      return this.world.later(
        2 + this.world.random.below(50),
        ifAlive(() => this.die(instance, 2)),
      );
    }
    if (quality === "hang") return undefined;
    const rival = this.rivalOf(instance);
    if (this.world.locks && rival !== undefined) return this.lockedOut(instance, rival);
    return this.comeUp(instance, child);
  }

  /** A stopped program does nothing, so that only those that would stay as they are are stopped. */
  private pauseSometimes(instance: number, child: Child): void {
    if (child.source.quality !== "good") return;
    const place = { function: "main.handle", file: "/app/main.go", line: 1 };
    const tell = (paused: boolean): void => {
      if (!child.alive || child.signalled) return;
      child.paused = paused;
      this.world.dispatch({ type: "process-paused", instance, paused, place });
    };
    const from = 400 + this.world.random.below(3000);
    this.world.later(from, () => tell(true));
    this.world.later(from + this.world.random.below(4000), () => tell(false));
  }

  /** Another process of the program that lives, and has the lock. */
  private rivalOf(instance: number): Child | undefined {
    return [...this.children].find(([id, other]) => id !== instance && other.alive)?.[1];
  }

  /** It waits for the lock, or gives up at once. */
  private lockedOut(instance: number, rival: Child): void {
    const child = this.children.get(instance);
    assert.ok(child !== undefined);
    if (this.world.random.once(2)) {
      return this.world.later(5, () =>
        child.alive ? this.die(instance, 1, "the lock") : undefined,
      );
    }
    this.world.later(50, () => {
      if (!child.alive) return;
      this.world.dispatch({ type: "process-blocked", instance, by: "the lock" });
    });
    const look = (): void => {
      if (!child.alive) return;
      if (rival.alive) this.world.later(20, look);
      else this.comeUp(instance, child);
    };
    return this.world.later(20, look);
  }

  private comeUp(instance: number, child: Child): void {
    const { quality } = child.source;
    const ifAlive = (run: () => void) => (): void => (child.alive ? run() : undefined);
    const addresses = [{ network: "tcp", address: "[::]:8080" }] as const;
    this.world.later(
      2 + this.world.random.below(200),
      ifAlive(() =>
        this.world.dispatch({ type: "process-listening", instance, addresses, unheld: [] }),
      ),
    );
    if (quality !== "crash-later") return undefined;
    return this.world.later(
      300 + this.world.random.below(9000),
      ifAlive(() => this.die(instance, 2)),
    );
  }

  /** The old version finishes what it has begun, sooner or later, or never. */
  drain(instance: number, to: number | null): void {
    const child = this.children.get(instance);
    assert.ok(child?.attached === true, "a program was drained that takes no part");
    if (to !== null) {
      const heir = this.children.get(to);
      assert.ok(heir?.alive === true, "connections were handed to a dead process");
      const accept = { type: "process-accepting", instance: to } as const;
      this.world.later(this.world.random.below(20), () =>
        heir.alive ? this.world.dispatch(accept) : undefined,
      );
    }
    if (this.world.random.once(5)) return;
    this.world.later(this.world.random.below(3000), () => {
      if (!child.alive) return;
      const drained = { moved: 1, closed: 0, left: 0, main: null, goroutines: [] };
      this.world.dispatch({ type: "process-drained", instance, ...drained });
    });
  }

  report(instance: number): void {
    const child = this.children.get(instance);
    const report = { left: 0, descriptors: 9, goroutines: [] };
    // Some are too busy to say anything.
    if (this.world.random.once(3)) return;
    this.world.later(this.world.random.below(300), () => {
      if (child?.alive === true) this.world.dispatch({ type: "process-report", instance, report });
    });
  }

  signal(instance: number): void {
    const child = this.children.get(instance);
    if (child === undefined || !child.alive) return;
    assert.equal(child.signalled, false, "a process was signalled twice");
    const free = !child.paused || this.world.leaving();
    assert.ok(free, "a program was ended that a debugger had stopped");
    child.signalled = true;
    if (child.source.quality === "stubborn" || child.source.quality === "hang") return;
    this.world.later(this.world.random.below(300), () =>
      child.alive ? this.die(instance, 0) : undefined,
    );
  }

  kill(instance: number): void {
    const child = this.children.get(instance);
    if (child === undefined || !child.alive) return;
    this.world.later(1, () => (child.alive ? this.die(instance, null) : undefined));
  }

  private die(instance: number, code: number | null, conflict: string | null = null): void {
    const child = this.children.get(instance);
    assert.ok(child !== undefined);
    child.alive = false;
    const signal = code === null ? "SIGKILL" : null;
    const exit = { code, signal, tail: "", failure: null, conflict };
    this.world.dispatch({ type: "process-exited", instance, exit });
    this.world.later(this.world.random.below(20), () =>
      this.world.dispatch({ type: "process-gone", instance, leftovers: { killed: 0, held: [] } }),
    );
  }
}

import type { View } from "../../../core/view.ts";

export interface WaitsOptions {
  /** Of these, the ones that are not what they are about to be. */
  readonly unsettled: (names: readonly string[]) => readonly string[];
  /** Whether it is not what it should be, and nothing is under way that could change that. */
  readonly isLost: (name: string) => boolean;
  /** It waits for others than before. */
  readonly show: (name: string) => void;
}

/** Which services hold back what they have built, for whom, and whether there is any hope. */
export class Waits {
  private readonly options: WaitsOptions;
  private readonly waiting = new Map<string, Wait>();
  private quiet = false;
  private readonly listeners = new Map<string, (message: string) => void>();

  constructor(options: WaitsOptions) {
    this.options = options;
  }

  begin(name: string, needs: readonly string[]): void {
    this.waiting.set(name, { needs, missing: this.options.unsettled(needs) });
    this.options.show(name);
    this.look();
  }

  end(name: string): void {
    this.waiting.delete(name);
  }

  /** The view as a user may see it: what is built and held back is not being built. */
  seen(name: string, view: View): View {
    const wait = this.waiting.get(name);
    const { activity } = view;
    if (wait === undefined || wait.missing.length === 0 || activity.type !== "building")
      return view;
    return { ...view, activity: { ...activity, type: "waiting", for: wait.missing } };
  }

  /** Calls back whenever this one waits for what is decided and not ready: only a save can help. */
  onStuck(name: string, tell: (message: string) => void): void {
    this.listeners.set(name, tell);
  }

  /** Nothing is told while all that it needs begin to look at the disk, one after the other. */
  quietly(ask: () => void): void {
    this.quiet = true;
    ask();
    this.quiet = false;
  }

  /** Something has changed. */
  look(): void {
    if (this.quiet) return;
    for (const [name, wait] of this.waiting) {
      const missing = this.options.unsettled(wait.needs);
      if (missing.join() === wait.missing.join()) continue;
      this.waiting.set(name, { ...wait, missing });
      this.options.show(name);
    }
    for (const [name, { missing }] of this.waiting) {
      const lost = missing.filter((one) => this.isLost(one));
      if (lost.length === 0) continue;
      const verb = lost.length === 1 ? "is" : "are";
      this.listeners.get(name)?.(`it waits for ${lost.join(", ")}, which ${verb} not live`);
    }
  }

  /** Dependencies have no circles. */
  private isLost(name: string): boolean {
    const wait = this.waiting.get(name);
    if (wait === undefined) return this.options.isLost(name);
    return wait.missing.some((one) => this.isLost(one));
  }
}

interface Wait {
  readonly needs: readonly string[];
  readonly missing: readonly string[];
}

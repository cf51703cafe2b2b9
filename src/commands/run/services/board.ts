import type { View } from "../../../core/view.ts";

/** What is known of every service: their views, and who waits for whom. */
export class Board {
  private readonly views = new Map<string, View>();
  private readonly waiters = new Set<() => void>();
  private readonly begun = new Set<string>();
  private readonly onChange: () => void;

  /** `onChange` is called when a view has changed, after those who wait for it. */
  constructor(onChange: () => void = () => undefined) {
    this.onChange = onChange;
  }

  /** The newest view of a service. */
  put(name: string, view: View): void {
    this.views.set(name, view);
    for (const look of this.waiters) look();
    this.onChange();
  }

  view(name: string): View | null {
    return this.views.get(name) ?? null;
  }

  /** Of these, the ones that are not what they are about to be. */
  unsettled(names: readonly string[]): readonly string[] {
    return names.filter((name) => !isSettledView(this.views.get(name)));
  }

  /**
   * Before its turn to build: resolves when all that it needs have begun, too. At the start they come
   * up one after the other, and whoever is first must not take the turn of what it needs.
   */
  async begin(name: string, needs: readonly string[], signal: AbortSignal): Promise<void> {
    await this.until(() => needs.every((one) => this.hasBegun(one)), signal);
    if (signal.aborted) return;
    this.begun.add(name);
    for (const look of this.waiters) look();
  }

  private hasBegun(name: string): boolean {
    const view = this.views.get(name);
    // One that could not even begin has been told of.
    const isIdle = view !== undefined && view.newest > 0 && view.activity.type === "idle";
    return this.begun.has(name) || isIdle;
  }

  /** Resolves with true when all of these are settled; with false when nobody waits any more. */
  settled(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    return this.until(() => this.unsettled(names).length === 0, signal);
  }

  private until(isSo: () => boolean, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (result: boolean): void => {
        this.waiters.delete(look);
        signal.removeEventListener("abort", giveUp);
        resolve(result);
      };
      const giveUp = (): void => end(false);
      const look = (): void => {
        if (isSo()) end(true);
      };
      if (signal.aborted) return resolve(false);
      signal.addEventListener("abort", giveUp, { once: true });
      this.waiters.add(look);
      look();
    });
  }
}

/**
 * It serves, or has done what it had to and ended well; and nothing newer of it is under way. One whose
 * newest save is broken is settled as well: its last good version serves.
 */
export function isSettledView(view: View | undefined): boolean {
  if (view === undefined || view.newest === 0) return false;
  if (view.activity.type !== "idle") return false;
  return view.serving !== null || !view.stale;
}

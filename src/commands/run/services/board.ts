import type { View } from "../../../core/view.ts";

/** What is known of every service: their views, and who waits for whom. */
export class Board {
  private readonly views = new Map<string, View>();
  private readonly waiters = new Set<() => void>();

  /** The newest view of a service. */
  put(name: string, view: View): void {
    this.views.set(name, view);
    for (const look of this.waiters) look();
  }

  view(name: string): View | null {
    return this.views.get(name) ?? null;
  }

  /** Of these, the ones that are not what they are about to be. */
  unsettled(names: readonly string[]): readonly string[] {
    return names.filter((name) => !isSettled(this.views.get(name)));
  }

  /** Resolves with true when all of these are settled; with false when nobody waits any more. */
  settled(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (result: boolean): void => {
        this.waiters.delete(look);
        signal.removeEventListener("abort", giveUp);
        resolve(result);
      };
      const giveUp = (): void => end(false);
      const look = (): void => {
        if (this.unsettled(names).length === 0) end(true);
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
function isSettled(view: View | undefined): boolean {
  if (view === undefined || view.newest === 0) return false;
  if (view.activity.type !== "idle") return false;
  return view.serving !== null || !view.stale;
}

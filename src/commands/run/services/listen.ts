import type { Deck } from "../../../adapters/terminal/deck.ts";
import { onResize } from "../../../adapters/terminal/open-screen.ts";
import type { Run } from "../run.ts";
import { type User, cleanUp, postCommands } from "../user.ts";
import type { Group } from "./group.ts";
import { openGroupKeyboard } from "./keyboard.ts";

export interface ListenOptions {
  readonly run: Run;
  readonly group: Group;
  readonly deck: Deck | null;
}

/** Signals and keys are for all services. */
export function listenForAll(options: ListenOptions): User {
  const { group, run } = options;
  let leaving = false;
  const quit = (): void => {
    if (leaving) return group.force();
    leaving = true;
    void beforeLeaving(group).then(() => group.leave());
    return undefined;
  };
  const swap = (): void => {
    for (const engine of group.engines()) {
      engine.dispatch({ type: "swap-requested", origin: "signal" });
    }
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, quit);
  if (process.platform !== "win32") process.on("SIGUSR2", swap);
  const stopSize = onResize(() => {
    for (const name of group.names) group.options(name)?.ui.person?.presenter.redraw();
  });
  const keys = openGroupKeyboard(options, quit);
  group.debugTest = async (test) => {
    const { debugTest } = await import("../debug-test.ts");
    const { config } = run.loaded;
    return debugTest(test, { person: run.ui.person, keys, config, env: run.io.env });
  };
  return {
    close() {
      for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(name, quit);
      process.off("SIGUSR2", swap);
      stopSize();
      keys?.close();
    },
    debugTest: (test) => group.debugTest(test),
    afterwards: async () => {
      const { config } = run.loaded;
      await cleanUp({ ui: run.ui, parts: () => ({ config }) });
    },
  };
}

/** air's `post_cmd`, once for all. */
async function beforeLeaving(group: Group): Promise<void> {
  for (const name of group.names) {
    const options = group.options(name);
    if (options !== null) return postCommands(options);
  }
  return undefined;
}

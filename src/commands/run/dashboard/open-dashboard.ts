import { watchesOfProcess } from "../../../adapters/machine/inotify.ts";
import type { Loaded } from "../../../config/config.ts";
import type { RunArguments } from "../run.ts";
import type { Ui } from "../ui.ts";
import { Dashboard } from "./dashboard.ts";

/** The dashboard of a run; nothing of it is open yet. */
export function openDashboard(run: {
  readonly args: RunArguments;
  readonly ui: Ui;
  readonly loaded: Loaded;
}): Dashboard {
  const { args, ui, loaded } = run;
  const { config } = loaded;
  return new Dashboard({
    config: config.ui,
    packageDir: args.packageDir,
    about: {
      gust: args.version,
      pid: process.pid,
      root: config.root,
      environment: config.environment,
      startedAt: Date.now(),
    },
    mask: (text) => ui.secrets.mask(text, "known"),
    countWatches: watchesOfProcess,
  });
}

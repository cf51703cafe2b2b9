import { stat } from "node:fs/promises";
import { editorCommand } from "../../../adapters/terminal/editor.ts";
import { openEditor } from "../../../adapters/terminal/open-editor.ts";
import { watchesOfProcess } from "../../../adapters/machine/inotify.ts";
import type { Loaded } from "../../../config/config.ts";
import type { Failure } from "../../../core/failure.ts";
import type { CommandIo } from "../../io.ts";
import type { RunArguments } from "../run.ts";
import type { Ui } from "../ui.ts";
import { Dashboard, type Place } from "./dashboard.ts";

/** The dashboard of a run; nothing of it is open yet. */
export function openDashboard(run: {
  readonly args: RunArguments;
  readonly io: CommandIo;
  readonly ui: Ui;
  readonly loaded: Loaded;
}): Dashboard {
  const { args, io, ui, loaded } = run;
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
    edit: (place) => edit(place, io, config.dir),
    countWatches: watchesOfProcess,
  });
}

/** An editor that needs a terminal has none here. */
async function edit(place: Place, { env }: CommandIo, dir: string): Promise<Failure | null> {
  const { file } = place;
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) return { code: "REQUEST_INVALID", message: "there is no such file" };
  const command = editorCommand(place, env);
  if (command === null || command.terminal) {
    return {
      code: "UI_UNAVAILABLE",
      message: "there is no editor that has a window of its own",
      hint: "set GUST_EDITOR to one, such as `code`",
    };
  }
  return openEditor(command, dir);
}

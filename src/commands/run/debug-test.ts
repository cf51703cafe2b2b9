import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDlv, testArgv, testCommands } from "../../adapters/debug/dlv-command.ts";
import { definedOf } from "../../adapters/env/env-files.ts";
import type { Keys } from "../../adapters/terminal/keys.ts";
import { startEditor } from "../../adapters/editor/start-editor.ts";
import type { Config } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import type { DebuggedTest } from "../../core/test-stage.ts";
import type { Person } from "./ui.ts";

export interface DebugDesk {
  readonly person: Person | null;
  readonly keys: Keys | null;
  readonly config: Pick<Config, "dir" | "debug">;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Gives the terminal to a delve that stops where this test begins; null once that has ended. */
export async function debugTest(test: DebuggedTest, desk: DebugDesk): Promise<Failure | null> {
  const { dir, debug } = desk.config;
  const dlv = findDlv(debug.dlv, { dir, env: definedOf(desk.env) });
  if (typeof dlv !== "string") {
    const message = `there is no ${debug.dlv} to debug ${test.name} with`;
    return { ...dlv, message };
  }
  if (desk.person === null) {
    return { code: "REQUEST_INVALID", message: "a debugger needs the terminal" };
  }
  const place = await mkdtemp(join(tmpdir(), "gust-debug-"));
  const { screen, presenter } = desk.person;
  desk.keys?.release();
  await screen.suspend();
  try {
    const commands = join(place, "commands");
    await writeFile(commands, testCommands(test.name));
    const argv = testArgv(dlv, test, commands);
    return await startEditor({ argv, terminal: true }, { dir, env: desk.env });
  } finally {
    screen.resume();
    presenter.redraw();
    desk.keys?.take();
    await rm(place, { recursive: true, force: true });
  }
}

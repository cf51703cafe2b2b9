import { type EditorOptions, openInEditor } from "../../adapters/editor/open-in-editor.ts";
import { type KeyCommand, type Keys, openKeys } from "../../adapters/terminal/keys.ts";
import type { Position } from "../../adapters/terminal/failure-words.ts";
import type { Config } from "../../config/config.ts";
import type { Failure } from "../../core/failure.ts";
import { showDashboard } from "./dashboard/show.ts";
import type { Person } from "./ui.ts";
import type { UserOptions } from "./user.ts";

/** Keys become events, or go to the program while it has the terminal; null without keys. */
export function openKeyboard(options: UserOptions, quit: () => void): Keys | null {
  const { ui, engine, runner } = options;
  const { person } = ui;
  if (!ui.keys || person === null) return null;
  const keys = openKeys({
    stdin: process.stdin,
    process,
    onKey: (command) => press(command, { ...options, person, quit, keys: () => keys }),
    onBytes: (data) => runner.write(data),
    onSuspend: () => person.screen.suspend(),
    onResume: (foreground) => {
      person.screen.resume(foreground);
      person.presenter.redraw();
    },
  });
  void engine.done.then(() => keys?.close());
  return keys;
}

interface Desk extends UserOptions {
  readonly person: Person;
  readonly quit: () => void;
  readonly keys: () => Keys | null;
}

function press(command: Exclude<KeyCommand, "suspend">, desk: Desk): void {
  const { engine, person, quit, runner } = desk;
  const { presenter } = person;
  switch (command) {
    case "rebuild":
      return engine.dispatch({ type: "swap-requested", origin: "key" });
    case "rollback":
      return engine.dispatch({ type: "rollback-requested", to: null, origin: "key" });
    case "fix":
      return engine.dispatch({ type: "fix-requested", origin: "key" });
    case "dashboard":
      return void showDashboard(desk.dashboard, person, desk.io.env);
    case "pause":
      return engine.dispatch({ type: "pause-toggled" });
    case "failed-tests":
      return engine.dispatch({ type: "tests-requested", what: "failed" });
    case "all-tests":
      return engine.dispatch({ type: "tests-requested", what: "all" });
    case "debug-test":
      return engine.dispatch({ type: "test-debug-requested" });
    case "clear":
      return presenter.clear();
    case "last-error":
      return presenter.lastError();
    case "open-error":
      return void openPosition(presenter.position(), {
        person,
        editor: editorOptions(desk.parts().config),
        keys: desk.keys,
      });
    case "verbose":
      return presenter.toggleVerbose();
    case "help":
      return presenter.help();
    case "blank":
      return presenter.say("error", "");
    case "quit":
      return quit();
    case "force-quit":
      quit();
      return engine.dispatch({ type: "quit-requested", exitCode: 0 });
    case "interact":
      runner.setEcho(true);
      return presenter.say("error", "the program has the terminal: Ctrl-] takes it back");
    case "leave":
      runner.setEcho(false);
      return presenter.say("error", "gust has the terminal again");
    case "next":
    case "mute":
    default:
      // Keys that choose among several services.
      return undefined;
  }
}

interface EditorDesk {
  readonly person: Person;
  readonly editor: EditorOptions;
  readonly keys: () => Keys | null;
}

/** What decides which editor is opened, by a key or from a browser. */
export function editorOptions({ dir, editor }: Pick<Config, "dir" | "editor">): EditorOptions {
  return { command: editor.command, dir, env: process.env };
}

/** An editor of the terminal has it for as long as it runs; what the program prints waits. */
export async function openPosition(
  position: Position | null,
  { person, editor, keys }: EditorDesk,
): Promise<void> {
  const { presenter, screen } = person;
  if (position === null) return presenter.lastError();
  const failure = await openInEditor(position, { ...editor, from: "terminal", lend });
  if (failure !== null) presenter.failure("editor", failure);

  async function lend(use: () => Promise<Failure | null>): Promise<Failure | null> {
    keys()?.release();
    await screen.suspend();
    try {
      return await use();
    } finally {
      screen.resume();
      keys()?.take();
    }
  }
}

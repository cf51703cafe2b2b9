import type { KeyCommand } from "../../../adapters/terminal/key-reader.ts";
import { type Keys, openKeys } from "../../../adapters/terminal/keys.ts";
import type { Happening } from "../../../core/event.ts";
import { showDashboard } from "../dashboard/show.ts";
import { editorOptions, openPosition } from "../keyboard.ts";
import type { Person } from "../ui.ts";
import type { Group } from "./group.ts";
import type { ListenOptions } from "./listen.ts";

/** Keys for several services: some choose one, the others are for that one, or for all. */
export function openGroupKeyboard(options: ListenOptions, quit: () => void): Keys | null {
  const { run, group, deck } = options;
  const { person, keys: wanted } = run.ui;
  if (!wanted || person === null || deck === null) return null;
  const keys = openKeys({
    stdin: process.stdin,
    process,
    onKey: (command) => press(command, { ...options, deck, person, quit, keys: () => keys }),
    onBytes: (data) => {
      if (deck.focus !== null) typeTo(deck.focus, data, { group, deck });
    },
    onSuspend: () => person.screen.suspend(),
    onResume: (foreground) => person.screen.resume(foreground),
  });
  return keys;
}

/** It has no terminal, so that what Enter means, and what is typed, has to be shown by gust. */
function typeTo(
  name: string,
  data: Uint8Array,
  { group, deck }: { group: Group; deck: Desk["deck"] },
): void {
  const text = Buffer.from(data).toString("latin1").replaceAll("\r", "\n");
  group.runner(name)?.write(Buffer.from(text, "latin1"));
  deck.echo(name, data);
}

interface Desk extends ListenOptions {
  readonly deck: NonNullable<ListenOptions["deck"]>;
  readonly person: Person;
  readonly quit: () => void;
  readonly keys: () => Keys | null;
}

function press(command: Exclude<KeyCommand, "suspend">, desk: Desk): void {
  const { person, quit, group } = desk;
  const { presenter } = person;
  switch (command) {
    case "rebuild":
      return tell(desk, { type: "swap-requested", origin: "key" });
    case "rollback":
      return rollBack(desk);
    case "fix":
      return fix(desk);
    case "dashboard":
      return void showDashboard(desk.run.dashboard, person, desk.run.io.env);
    case "pause":
      return tell(desk, { type: "pause-toggled" });
    case "failed-tests":
      return tellTesting(desk, { type: "tests-requested", what: "failed" });
    case "all-tests":
      return tellTesting(desk, { type: "tests-requested", what: "all" });
    case "debug-test":
      return tellTesting(desk, { type: "test-debug-requested" });
    case "clear":
      return presenter.clear();
    case "last-error":
      return failing(desk).lastError();
    case "open-error":
      return void openPosition(failing(desk).position(), {
        person,
        editor: editorOptions(desk.run.loaded.config),
        keys: desk.keys,
      });
    case "verbose":
      presenter.toggleVerbose();
      for (const name of group.names)
        group.options(name)?.ui.person?.presenter.setVerbose(presenter.verbose);
      return;
    case "help":
      return presenter.help(group.names);
    case "blank":
      return presenter.say("error", "");
    case "quit":
      return quit();
    case "force-quit":
      return group.force();
    case "next":
    case "mute":
    case "interact":
    case "leave":
    default:
      return choose(command, desk);
  }
}

function choose(command: KeyCommand, { deck, person, group, keys }: Desk): void {
  const { presenter } = person;
  const { focus } = deck;
  if (command === "next") {
    const at = focus === null ? 0 : group.names.indexOf(focus) + 1;
    return showOnly(group.names[at] ?? null);
  }
  if (command.startsWith("focus-")) {
    const number = Number(command.slice("focus-".length));
    const name = number === 0 ? null : group.names[number - 1];
    return name === undefined ? presenter.help(group.names) : showOnly(name);
  }
  if (focus === null) {
    if (command === "interact") keys()?.leave();
    return presenter.say("error", `choose a service first: ${numbered(group.names)}`);
  }
  if (command === "mute") {
    const muted = deck.toggleMute(focus);
    return presenter.say("error", `${focus}: ${muted ? "output is not shown" : "output is shown"}`);
  }
  return presenter.say(
    "error",
    command === "interact" ? `${focus} gets what is typed: Ctrl-] takes it back` : "typing ended",
  );

  function showOnly(name: string | null): void {
    deck.setFocus(name);
    presenter.say(
      "error",
      name === null ? "all services" : `only ${name}: keys are for it, 0 for all`,
    );
  }
}

const numbered = (names: readonly string[]): string =>
  names.map((name, index) => `${index + 1} ${name}`).join(", ");

/** To the one that is chosen, or to all. */
function tell({ deck, group }: Desk, happening: Happening): void {
  const one = deck.focus === null ? null : group.engine(deck.focus);
  for (const engine of one === null ? group.engines() : [one]) engine.dispatch(happening);
}

/** The tests of a module run for one of its services. */
function tellTesting(desk: Desk, happening: Happening): void {
  const { deck, group } = desk;
  const one = deck.focus === null ? null : group.engine(deck.focus);
  const engines = one === null ? group.engines() : [one];
  const testing = engines.filter((engine) => engine.state().settings.tests !== undefined);
  for (const engine of (testing.length > 0 ? testing : engines).slice(0, 1)) {
    engine.dispatch(happening);
  }
}

/** All of them at once are never meant. */
/** Where several have failed, it is for each of them. */
function fix(desk: Desk): void {
  const { group, deck, person } = desk;
  const names = deck.focus === null ? group.names : [deck.focus];
  const fixable = names.filter((name) => (group.engine(name)?.view().fix ?? null) !== null);
  if (fixable.length === 0) {
    return person.presenter.say("error", "there is no failure that a go command would put right");
  }
  for (const name of fixable) {
    group.engine(name)?.dispatch({ type: "fix-requested", origin: "key" });
  }
  return undefined;
}

function rollBack(desk: Desk): void {
  const { deck, person, group } = desk;
  if (deck.focus === null) {
    return person.presenter.say("error", `choose a service first: ${numbered(group.names)}`);
  }
  return tell(desk, { type: "rollback-requested", to: null, origin: "key" });
}

/** Of the chosen service, else of the first with an error. */
function failing({ deck, group, person }: Desk): Person["presenter"] {
  const names = deck.focus === null ? group.names : [deck.focus];
  const presenters = names.flatMap((name) => group.options(name)?.ui.person?.presenter ?? []);
  return presenters.find((one) => one.failed) ?? presenters[0] ?? person.presenter;
}

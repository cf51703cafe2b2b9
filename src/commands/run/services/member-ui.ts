import { systemClock } from "../../../adapters/system-clock.ts";
import { Deck } from "../../../adapters/terminal/deck.ts";
import type { Face } from "../../../adapters/terminal/face.ts";
import { TerminalPresenter } from "../../../adapters/terminal/presenter.ts";
import type { Notice } from "../../../core/notice.ts";
import type { View } from "../../../core/view.ts";
import { maskedFace } from "../secrets.ts";
import type { Ui } from "../ui.ts";
import type { Board } from "./board.ts";

export interface MemberUis {
  /** Null with `--json`. */
  readonly deck: Deck | null;
  /** The user's side of one service. */
  of(name: string): Ui;
}

/** Parts one screen, or one stream of events, among services. */
export function memberUis(ui: Ui, names: readonly string[], means: Means): MemberUis {
  const { person } = ui;
  const told = new Echo();
  const deck =
    person === null
      ? null
      : new Deck({
          screen: person.screen,
          names,
          colors: person.options.words.colors,
          columns: person.options.columns,
          after: (ms, callback) => systemClock.after(ms, callback),
        });
  const uis = new Map(names.map((name) => [name, uiOf(name, { ui, deck, told, ...means })]));
  return { deck, of: (name) => uis.get(name) ?? ui };
}

interface Means {
  readonly board: Board;
  /** What a user may see of a service. */
  readonly seen: (name: string, view: View) => View;
}

interface Parted extends Means {
  readonly ui: Ui;
  readonly deck: Deck | null;
  readonly told: Echo;
}

function uiOf(name: string, { ui, deck, board, told, seen }: Parted): Ui {
  const { json } = ui;
  const person = memberOf(name, ui, deck);
  const face = person?.presenter ?? json?.member(name) ?? ui.face;
  return {
    secrets: ui.secrets,
    face: watched(maskedFace(face, ui.secrets), {
      onView: (view) => board.put(name, view),
      seen: (view) => seen(name, view),
      // With one chosen, keys are for it alone: another one that says the same is no echo.
      isEcho: (notice) =>
        json === null && !(isKeys(notice) && deck?.focus !== null) && told.has(name, notice),
    }),
    person,
    json,
    contexts: ui.contexts,
    keys: false,
    // Lines of several programs go to one terminal: none of them has it for itself.
    terminal: () => null,
    choose: () => Promise.resolve(null),
  };
}

function memberOf(name: string, { person }: Ui, deck: Deck | null): Ui["person"] {
  if (person === null || deck === null) return null;
  const options = {
    ...person.options,
    // air's words are for one program.
    words: { ...person.options.words, airWords: false },
    screen: deck.screen(name),
    columns: () => {
      const columns = person.options.columns();
      return columns === null ? null : Math.max(20, columns - deck.margin);
    },
  };
  return { presenter: new TerminalPresenter(options), screen: person.screen, options };
}

interface Listener {
  readonly onView: (view: View) => void;
  readonly seen: (view: View) => View;
  readonly isEcho: (notice: Notice) => boolean;
}

function watched(face: Face, { onView, seen, isEcho }: Listener): Face {
  return {
    notice: (notice, view) =>
      isEcho(notice) ? face.view(seen(view)) : face.notice(notice, seen(view)),
    view: (view) => {
      onView(view);
      face.view(seen(view));
    },
    output: (stream, data) => face.output(stream, data),
    drained: () => face.drained(),
    // All of them see the same.
    watching: () => undefined,
    waiting: (names) => face.waiting(names),
    console: (entry) => face.console(entry),
    failure: (what, failure) => face.failure(what, failure),
    command: (command) => face.command(command),
    close: (code) => face.close(code),
    rescue: () => face.rescue(),
  };
}

/** What all services say at the same time is said by the first of them. */
class Echo {
  readonly #said = new Map<string, { readonly by: string; readonly at: number }>();

  has(name: string, notice: Notice): boolean {
    if (!shared.has(notice.type)) return false;
    const text = JSON.stringify(notice);
    const at = systemClock.now();
    const before = this.#said.get(text);
    if (before !== undefined && before.by !== name && at - before.at < ECHO_MS) return true;
    if (this.#said.size > MOST_SAID) this.#said.clear();
    this.#said.set(text, { by: name, at });
    return false;
  }
}

const shared: ReadonlySet<Notice["type"]> = new Set<Notice["type"]>([
  "nothing-to-do",
  "ignored",
  "rescanned",
  "paused",
  "resumed",
  "rule-started",
  "rule-finished",
  "config-reloaded",
  "config-rejected",
]);

const isKeys = ({ type }: Notice): boolean => type === "paused" || type === "resumed";
/** They hear of a change in the same turn, and look at the disk on their own. */
const ECHO_MS = 2000;
const MOST_SAID = 200;

import type { Failure } from "../../core/failure.ts";
import { editorsAround } from "./around.ts";
import {
  type Candidate,
  type EditorOrigin,
  type EditorVariable,
  type Env,
  originText,
} from "./candidate.ts";
import {
  type EditorCommand,
  type EditorWords,
  type Servers,
  editorCommand,
  withoutTerminal,
} from "./known-editors.ts";
import { type EditorPlace, soundPlace } from "./place.ts";
import { editorName, splitWords } from "./words.ts";

/** What the choice is made from. */
export interface EditorFacts {
  /** `command` of [editor]; no words where it is not set. */
  readonly command: readonly string[];
  readonly env: Env;
  /** A browser has no terminal that an editor could have. */
  readonly from: "terminal" | "browser";
  /** Absolute path of the executable that is meant by a name or a path, or why there is none. */
  readonly find: (program: string) => string | Failure;
  /** False for a socket that is not there any more. */
  readonly answers: (address: string) => boolean;
  /** The editors that run, the best first; asked only where nothing else has decided. */
  readonly running: () => readonly Candidate[];
}

/** An editor, the command that opens the place in it, and how gust has come to it. */
export interface ChosenEditor extends EditorCommand {
  readonly name: string;
  readonly origin: EditorOrigin;
}

/**
 * Chooses in this order: [editor] command, $GUST_EDITOR, the editor in whose terminal gust runs, one
 * that runs, $VISUAL, $EDITOR. What was set for gust is never passed over; the others are where they
 * are not installed, or where a browser asks and they need a terminal. Failures: EDITOR_MISSING.
 */
export function chooseEditor(place: EditorPlace, facts: EditorFacts): ChosenEditor | Failure {
  const { command, env } = facts;
  const desk: Desk = { ...facts, place: soundPlace(place), servers: serversAround(facts) };
  const variable = splitWords(env["GUST_EDITOR"] ?? "");
  if (command.length > 0) return chosen(ofWords(command, { type: "config" }), desk);
  if (variable.length > 0) return chosen(ofWords(variable, ofVariable("GUST_EDITOR")), desk);
  let failure: Failure | null = null;
  for (const candidate of others(desk)) {
    const choice = chosen(candidate, desk);
    if (!("code" in choice)) return choice;
    // The last is the one that the user has set.
    failure = choice;
  }
  return failure ?? { code: "EDITOR_MISSING", message: "no editor is known", hint: SET };
}

const SET = "set `command` of [editor] or GUST_EDITOR, for example to code";

interface Desk extends EditorFacts {
  readonly servers: Servers;
  readonly place: EditorPlace;
}

function* others({ env, running, answers }: Desk): Generator<Candidate> {
  for (const candidate of editorsAround(env)) {
    if (answers(candidate.servers?.nvim ?? "")) yield candidate;
  }
  yield* running();
  for (const name of ["VISUAL", "EDITOR"] as const) {
    const words = splitWords(env[name] ?? "");
    if (words.length > 0) yield ofWords(words, ofVariable(name));
  }
}

function chosen(candidate: Candidate, desk: Desk): ChosenEditor | Failure {
  const found = findAny(candidate, desk);
  if (typeof found !== "string") return found;
  const { name, options, origin } = candidate;
  const set: EditorWords = { name, words: [found, ...options] };
  const words = desk.from === "browser" ? withoutTerminal(set) : set;
  const command = commandOf(words, candidate, desk);
  if (desk.from === "terminal") return { ...command, name, origin };
  if (isOfTerminal(command, origin)) return needsTerminal(candidate);
  return { ...command, terminal: false, name, origin };
}

/** What was set for gust is asked where it runs; a terminal that is there is good enough, else. */
function commandOf(words: EditorWords, candidate: Candidate, desk: Desk): EditorCommand {
  const { place, from, running } = desk;
  const command = editorCommand(words, place, { ...desk.servers, ...candidate.servers });
  if (!command.terminal || from === "terminal") return command;
  const server = running().find(({ name }) => name === words.name)?.servers;
  return server === undefined
    ? command
    : editorCommand(words, place, { ...desk.servers, ...server });
}

/** Who sets an editor that gust does not know for gust alone, knows that browsers ask for it, too. */
function isOfTerminal({ terminal, unknown }: EditorCommand, origin: EditorOrigin): boolean {
  const forGust =
    origin.type === "config" || (origin.type === "variable" && origin.name === "GUST_EDITOR");
  return unknown ? !forGust : terminal;
}

function needsTerminal({ name, origin }: Candidate): Failure {
  return {
    code: "EDITOR_MISSING",
    message: `${name} needs a terminal, and a browser has none`,
    seen: `${name} is the editor by ${originText(origin)}`,
    hint: OF_TERMINAL[name] ?? SET,
  };
}

const OF_TERMINAL: Readonly<Partial<Record<string, string>>> = {
  nvim: 'start nvim in the project, or name its address: `command = ["nvim", "--server", "ADDRESS"]` in [editor]',
  vim: "start `vim --servername NAME` in the project, or set `command` of [editor] to an editor with a window",
  emacs: 'run M-x server-start, and set `command = ["emacsclient"]` in [editor]',
};

function findAny({ programs, origin }: Candidate, { find }: Desk): string | Failure {
  let failure: Failure | null = null;
  for (const program of programs) {
    const found = find(program);
    if (typeof found === "string") return found;
    failure ??= found;
  }
  const reason = failure ?? { code: "EDITOR_MISSING", message: "no editor is known" };
  return { ...reason, seen: `it is the editor by ${originText(origin)}` };
}

function ofWords([program = "", ...options]: readonly string[], origin: EditorOrigin): Candidate {
  return { name: editorName(program), programs: [program], options, origin };
}

const ofVariable = (name: EditorVariable): EditorOrigin => ({ type: "variable", name });

function serversAround({ env, answers }: EditorFacts): Servers {
  const nvim = env["NVIM"] ?? "";
  const vim = env["VIM_SERVERNAME"] ?? "";
  return { nvim: nvim !== "" && answers(nvim) ? nvim : null, vim: vim === "" ? null : vim };
}

import type { Verdict } from "../../core/effect.ts";
import type { Failure } from "../../core/failure.ts";
import type { ToldState } from "../../core/told-state.ts";

/** Version of the protocol that docs/json.md describes. */
export const CONTROL_VERSION = 1;

/** A line longer than this is no request and no answer. In bytes. */
export const MOST_LINE = 1_048_576;

export type Request =
  | { readonly type: "status" }
  | { readonly type: "wait" }
  | { readonly type: "swap" }
  /** Runs the go command that the failure names. */
  | { readonly type: "fix" }
  /** Answered when what the program has written can be read where its output is kept. */
  | { readonly type: "logs" }
  /** Asks for the journal, which is written to a file. */
  | { readonly type: "journal" }
  /** Opens the dashboard. */
  | { readonly type: "ui" }
  /** Null: the version before. */
  | { readonly type: "rollback"; readonly to: number | null };

/** Requests may be told apart by an id of the client's choice; its answer repeats it. */
export type RequestId = string | number | null;

export interface StatusReply {
  readonly pid: number;
  /** Where the running gust was started. */
  readonly cwd: string;
  readonly root: string;
  /** `dev`, `staging` or `prod`. */
  readonly environment: string;
  readonly main: string;
  readonly gust: string;
  /** Its name, where one gust runs several. */
  readonly service?: string;
  readonly state: ToldState;
}

export interface UiReply {
  /** Address of the dashboard, with what opens it. */
  readonly url: string;
  /** An address that leads there, once: for a browser that is started with it, where others may see it. */
  readonly once: string;
}

export type Answer =
  | ({ readonly type: "status" } & StatusReply)
  | {
      readonly type: "verdict";
      readonly verdict: "live" | "waiting";
      readonly generation: number;
    }
  | {
      readonly type: "verdict";
      readonly verdict: "failed";
      readonly generation: number;
      readonly message: string;
    }
  | { readonly type: "journal"; readonly file: string }
  | ({ readonly type: "ui" } & UiReply)
  | { readonly type: "done" }
  | { readonly type: "error"; readonly failure: Failure };

export function verdictAnswer(verdict: Verdict): Answer {
  const { type, ...rest } = verdict;
  // The two halves go together; only the compiler cannot see it through the spread.
  return { type: "verdict", verdict: type, ...rest } as Answer;
}

/** Reads a request as a stranger may have written it. Failure: REQUEST_INVALID. */
export function parseRequest(line: string): { id: RequestId; request: Request | Failure } {
  const fields = parseObject(line);
  if (fields === null) return { id: null, request: invalid("it is not a JSON object") };
  const raw = fields["id"];
  const id = typeof raw === "string" || typeof raw === "number" ? raw : null;
  return { id, request: requestOf(fields) };
}

/** Reads an answer of a gust, maybe of another version. Failure: REQUEST_INVALID. */
export function parseAnswer(line: string): Answer | Failure {
  const fields = parseObject(line);
  if (fields === null || fields["v"] !== CONTROL_VERSION) return foreign(line);
  switch (fields["type"]) {
    case "status":
      return isObject(fields["state"]) ? (fields as unknown as Answer) : foreign(line);
    case "verdict":
      return typeof fields["generation"] === "number"
        ? (fields as unknown as Answer)
        : foreign(line);
    case "journal":
      return typeof fields["file"] === "string"
        ? { type: "journal", file: fields["file"] }
        : foreign(line);
    case "ui":
      return typeof fields["url"] === "string" && typeof fields["once"] === "string"
        ? { type: "ui", url: fields["url"], once: fields["once"] }
        : foreign(line);
    case "done":
      return { type: "done" };
    case "error":
      return isObject(fields["failure"]) ? (fields as unknown as Answer) : foreign(line);
    default:
      return foreign(line);
  }
}

export function answerLine(id: RequestId, answer: Answer): string {
  const named = id === null ? {} : { id };
  return `${JSON.stringify({ v: CONTROL_VERSION, ...named, ...answer })}\n`;
}

export function requestLine(request: Request): string {
  return `${JSON.stringify({ v: CONTROL_VERSION, ...request })}\n`;
}

type Fields = Readonly<Record<string, unknown>>;

function requestOf(fields: Fields): Request | Failure {
  if (fields["v"] !== CONTROL_VERSION) {
    return invalid(`this gust speaks version ${CONTROL_VERSION} of the protocol`);
  }
  switch (fields["type"]) {
    case "status":
    case "wait":
    case "swap":
    case "fix":
    case "logs":
    case "journal":
    case "ui":
      return { type: fields["type"] };
    case "rollback": {
      const to = fields["to"] ?? null;
      if (to === null) return { type: "rollback", to };
      if (typeof to === "number" && Number.isSafeInteger(to) && to > 0) {
        return { type: "rollback", to };
      }
      return invalid("`to` is not the number of a generation");
    }
    default:
      return invalid("there is no such request");
  }
}

function parseObject(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(why: string): Failure {
  return { code: "REQUEST_INVALID", message: `the request was not understood: ${why}` };
}

function foreign(line: string): Failure {
  return {
    code: "REQUEST_INVALID",
    message: "the answer was not understood",
    seen: line.slice(0, 200),
    hint: "use the same version of gust on both sides",
  };
}

import type { Failure } from "../../../core/failure.ts";
import type { ConsoleEntry, OpenRequest } from "../../../core/page-state.ts";

/** What a page asks to have opened, as a stranger may have written it. Failure: REQUEST_INVALID. */
export function readOpen(body: string): OpenRequest | Failure {
  const { file, line, column } = fieldsOf(body);
  if (typeof file !== "string" || file === "") return invalid("`file` is missing");
  if (!isCount(line)) return invalid("`line` is no number of a line");
  return { file, line, column: isCount(column) ? column : 0 };
}

/** What the console of a browser has said: one entry, or a list. Failure: REQUEST_INVALID. */
export function readConsole(body: string): readonly ConsoleEntry[] | Failure {
  const parsed = parse(body);
  const entries = (Array.isArray(parsed) ? parsed : [parsed]).slice(0, MOST_ENTRIES);
  return entries.flatMap((entry: unknown) => {
    const { level, text, page, place } = asFields(entry);
    if (typeof text !== "string") return [];
    return [
      {
        level: level === "warn" ? ("warn" as const) : ("error" as const),
        text: text.slice(0, MOST_TEXT),
        page: typeof page === "string" ? page.slice(0, MOST_NAME) : "",
        place: typeof place === "string" ? place.slice(0, MOST_NAME) : null,
      },
    ];
  });
}

const MOST_ENTRIES = 50;
const MOST_TEXT = 4000;
const MOST_NAME = 500;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (body: string): Fields => asFields(parse(body));

function asFields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0;

function invalid(why: string): Failure {
  return { code: "REQUEST_INVALID", message: `the request was not understood: ${why}` };
}

import type { DashboardAction } from "../../../core/dashboard.ts";
import type { Failure } from "../../../core/failure.ts";

/** Reads an action as a stranger may have written it. Failure: REQUEST_INVALID. */
export function parseAction(text: string): DashboardAction | Failure {
  const fields = parseObject(text);
  if (fields === null) return invalid("it is not a JSON object");
  const { type, service, to, what } = fields;
  if (type === "open") return openOf(fields);
  if (typeof service !== "string") return invalid("`service` is missing");
  switch (type) {
    case "swap":
    case "fix":
      return { type, service };
    case "rollback":
      return to === null || isCount(to)
        ? { type, service, to }
        : invalid("`to` is neither null nor the number of a generation");
    case "tests":
      return what === "failed" || what === "all"
        ? { type, service, what }
        : invalid("`what` is `failed` or `all`");
    default:
      return invalid("there is no such action");
  }
}

type Fields = Readonly<Record<string, unknown>>;

function openOf({ file, line, column }: Fields): DashboardAction | Failure {
  if (typeof file !== "string" || file === "" || file.includes("\0")) {
    return invalid("`file` is no path");
  }
  if (!isCount(line) || !(column === 0 || isCount(column))) {
    return invalid("`line` counts from 1, and `column` too, or is 0");
  }
  return { type: "open", file, line, column };
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0;

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : null;
  } catch {
    return null;
  }
}

function invalid(why: string): Failure {
  return { code: "REQUEST_INVALID", message: `the action was not understood: ${why}` };
}

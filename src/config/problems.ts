import type { Failure } from "../core/failure.ts";
import type { ConfigFile } from "./find.ts";
import { locateKeys } from "./locate.ts";
import type { Problem } from "./read.ts";

/** Problems with their places in the file, in its order, parted into errors and warnings. */
export async function explainProblems(
  file: ConfigFile,
  problems: readonly Problem[],
): Promise<{ readonly failures: readonly Failure[]; readonly warnings: readonly Failure[] }> {
  if (problems.length === 0) return { failures: [], warnings: [] };
  const positions = await locateKeys(file.text);
  const explained = problems.map((problem) => {
    const { line, column } = positions.get(problem.path.join(".")) ?? { line: 1, column: 1 };
    // air takes files with unknown keys, and such a file may be shared with its users.
    const warning = problem.type === "unknown" && file.source !== "gust.toml";
    const { message, hint } = problem;
    const failure: Failure = {
      code: "CONFIG_INVALID",
      message: `${file.label}:${line}:${column}: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      diagnostics: [{ file: file.path, line, column, message, own: true }],
    };
    return { failure, warning, line, column };
  });
  const sorted = explained.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const pick = (warning: boolean): readonly Failure[] =>
    sorted.filter((item) => item.warning === warning).map((item) => item.failure);
  return { failures: pick(false), warnings: pick(true) };
}

import { parseArgs } from "node:util";

export interface Options {
  /** Rounds of saves that count; two more come first and do not. */
  readonly rounds: number;
  readonly programs: readonly ProgramName[];
  readonly tools: readonly ToolName[];
  readonly parts: readonly Part[];
  /** Directory of the gust that is measured. */
  readonly gust: string;
  readonly record: boolean;
}

export type Part = "start" | "saves" | "storm";
export type ProgramName = (typeof programNames)[number];
export type ToolName = (typeof toolNames)[number];

export const programNames = ["hello", "guestbook", "gin"] as const;
export const toolNames = ["gust", "air", "air-tuned", "floor", "floor-go"] as const;
const partNames: readonly Part[] = ["start", "saves", "storm"];

export const usage = `npm run bench -- [options]

  --rounds N          rounds that count (default 15)
  --only NAMES        programs: ${programNames.join(",")} (default: all)
  --tools NAMES       ${toolNames.join(",")} (default: all)
  --parts NAMES       ${partNames.join(",")} (default: all; with --only just saves)
  --gust DIR          measure the gust of this directory (default: this one)
  --record            keep the numbers in bench/results, and the tables in bench/README.md
`;

/** The options, or what is wrong with them; null when help is asked for. */
export function readOptions(args: readonly string[]): Options | string | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "15" },
        only: { type: "string" },
        tools: { type: "string", default: toolNames.join(",") },
        parts: { type: "string" },
        gust: { type: "string", default: "." },
        record: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return null;
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) return `--rounds: ${values.rounds} is no count`;
    const { only } = values;
    const parts = values.parts ?? (only === undefined ? partNames.join(",") : "saves");
    return {
      rounds,
      programs: choice("--only", only ?? programNames.join(","), programNames),
      tools: choice("--tools", values.tools, toolNames),
      parts: choice("--parts", parts, partNames),
      gust: values.gust,
      record: values.record,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function choice<T extends string>(flag: string, text: string, names: readonly T[]): readonly T[] {
  return text.split(",").map((word) => {
    const name = names.find((one) => one === word);
    if (name === undefined) throw new Error(`${flag}: "${word}" is none of ${names.join(", ")}`);
    return name;
  });
}

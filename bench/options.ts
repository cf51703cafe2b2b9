import { parseArgs } from "node:util";

export interface Options {
  /** Rounds of saves that count; one more comes first and does not. */
  readonly rounds: number;
  readonly programs: readonly ProgramName[];
  readonly tools: readonly ToolName[];
  readonly parts: readonly Part[];
  /** Directory of the gust that is measured. */
  readonly gust: string;
  /** All that is not gust links without debug information too. */
  readonly noDebugInfo: boolean;
  readonly record: boolean;
}

export type Part = "start" | "saves" | "storm";
export type ProgramName = (typeof programNames)[number];
export type PeerName = (typeof peerNames)[number];
export type ToolName = (typeof toolNames)[number];

export const programNames = ["hello", "guestbook", "gin", "large"] as const;
/** The guestbook is measured when it is asked for: it says little that the others do not. */
const usualPrograms: readonly ProgramName[] = ["hello", "gin", "large"];
/** Tools that know nothing of Go; each runs a command when a file changes. */
export const peerNames = ["reflex", "modd", "entr", "nodemon"] as const;
export const toolNames = [
  "gust",
  "air",
  "air-tuned",
  ...peerNames,
  "floor",
  "floor-w",
  "floor-go",
] as const;
const partNames: readonly Part[] = ["start", "saves", "storm"];

export const usage = `npm run bench -- [options]

  --rounds N          rounds that count (default 7)
  --only NAMES        programs: ${programNames.join(",")} (default: ${usualPrograms.join(",")})
  --tools NAMES       ${toolNames.join(",")} (default: all)
  --parts NAMES       ${partNames.join(",")} (default: all; with --only or --tools just saves)
  --gust DIR          measure the gust of this directory (default: this one)
  --no-debug-info     the other tools and the floors link with -w too, as gust does
  --record            keep the numbers in bench/results, and the tables in bench/README.md
`;

/** The options, or what is wrong with them; null when help is asked for. */
export function readOptions(args: readonly string[]): Options | string | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "7" },
        only: { type: "string" },
        tools: { type: "string" },
        parts: { type: "string" },
        gust: { type: "string", default: "." },
        "no-debug-info": { type: "boolean", default: false },
        record: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return null;
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) return `--rounds: ${values.rounds} is no count`;
    if (values.record && values["no-debug-info"]) {
      return "--record: what is kept is comparable only without --no-debug-info";
    }
    const { only } = values;
    const quick = only !== undefined || values.tools !== undefined;
    const parts = values.parts ?? (quick ? "saves" : partNames.join(","));
    return {
      rounds,
      programs: choice("--only", only ?? usualPrograms.join(","), programNames),
      tools: choice("--tools", values.tools ?? toolNames.join(","), toolNames),
      parts: choice("--parts", parts, partNames),
      gust: values.gust,
      noDebugInfo: values["no-debug-info"],
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

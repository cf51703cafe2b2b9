import type { Share } from "./gust-share.ts";
import type { ToolName } from "./options.ts";
import type { ProgramResult, Series } from "./saves.ts";
import { median, quantile, ratio } from "./stats.ts";

/** A table in Markdown, its columns lined up; all but the first are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  const line = (row: readonly string[]): string => `| ${row.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** The tables of one program. */
export function saveTable(result: ProgramResult): string {
  const { series } = result;
  const rows = series.map((one) => saveRow(one, series));
  const shares = series.flatMap((one) => one.shares);
  return [
    `### ${result.title}`,
    "",
    table(head, rows),
    "",
    ...(shares.length === 0 ? [] : [shareLine(shares), ""]),
  ].join("\n");
}

const head = [
  "",
  "answer ms",
  "p95",
  "× floor",
  "× air",
  "down ms",
  "p95",
  "× floor",
  "× air",
  "refused",
  "broken",
  "CPU s",
  "× floor",
  "× air",
  "memory MB",
];

const titles: Readonly<Record<ToolName, string>> = {
  gust: "gust",
  air: "air",
  "air-tuned": "air, delay = 1",
  floor: "floor: compile + link",
  "floor-go": "floor: go build",
};

function saveRow(one: Series, all: readonly Series[]): readonly string[] {
  const times = (pick: (series: Series) => readonly number[], base: ToolName): string => {
    const other = all.find((series) => series.tool === base);
    return other === undefined || other === one ? "" : number(ratio(pick(one), pick(other)), 2);
  };
  return [
    titles[one.tool],
    number(median(one.answerMs), 0),
    number(quantile(one.answerMs, 0.95), 0),
    times((series) => series.answerMs, "floor"),
    times((series) => series.answerMs, "air"),
    number(median(one.downMs), 1),
    number(quantile(one.downMs, 0.95), 1),
    times((series) => series.downMs, "floor"),
    times((series) => series.downMs, "air"),
    number(median(one.refused), 0),
    number(median(one.broken), 0),
    number(median(one.cpuSeconds), 2),
    times((series) => series.cpuSeconds, "floor"),
    times((series) => series.cpuSeconds, "air"),
    number(median(one.memoryMb), 0),
  ];
}

/** Where gust's time goes, in one line of medians. */
function shareLine(shares: readonly Share[]): string {
  const of = (pick: (share: Share) => number): string => number(median(shares.map(pick)), 1);
  return (
    `gust, medians in ms: save → build begins ${of((one) => one.pickUp)}, build ${of((one) => one.build)}, ` +
    `check ${of((one) => one.check)}, start → ready ${of((one) => one.start)}, ` +
    `all else ${of((one) => one.rest)}; it knows ${of((one) => one.knownAfter)} after the first answer`
  );
}

export function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}

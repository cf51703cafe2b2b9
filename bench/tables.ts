import { bestPeer } from "./best-peer.ts";
import { type Share, ownShare } from "./gust-share.ts";
import type { ToolName } from "./options.ts";
import type { ProgramResult, Series } from "./saves.ts";
import type { StartUp } from "./start-up.ts";
import { median, quantile, ratio } from "./stats.ts";
import type { StormResult } from "./storm.ts";

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
  const best = bestPeer(series);
  const rows = series.map((one) => saveRow(one, series, best));
  const shares = series.flatMap((one) => one.shares);
  return [
    `### ${result.title}`,
    "",
    table(head, rows),
    ...(best === null ? [] : ["", bestLine(best, series)]),
    ...(shares.length === 0 ? [] : ["", shareLine(shares)]),
  ].join("\n");
}

const head = [
  "",
  "answer ms",
  "p95",
  "× floor",
  "× air",
  "× best",
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
  "rest %",
];

const titles: Readonly<Record<ToolName, string>> = {
  gust: "gust",
  air: "air",
  "air-tuned": "air, delay = 1",
  reflex: "reflex",
  modd: "modd",
  entr: "entr",
  nodemon: "nodemon",
  floor: "floor: compile + link",
  "floor-w": "floor: compile + link -s -w",
  "floor-go": "floor: go build",
};

function saveRow(one: Series, all: readonly Series[], best: Series | null): readonly string[] {
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
    best === null || best === one ? "" : number(ratio(one.answerMs, best.answerMs), 2),
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
    number(median(one.restPercent), 1),
  ];
}

/** gust beside the best of the others, in one line. */
function bestLine(best: Series, all: readonly Series[]): string {
  const name = `best of the others: ${titles[best.tool]}`;
  const gust = all.find((one) => one.tool === "gust");
  if (gust === undefined) return name;
  const of = (pick: (series: Series) => readonly number[]): string =>
    number(ratio(pick(gust), pick(best)), 2);
  return (
    `${name}; gust / best: answer ${of((one) => one.answerMs)}, ` +
    `down ${of((one) => one.downMs)}, CPU ${of((one) => one.cpuSeconds)}`
  );
}

/** The table of start-up times, each beside what it is compared with. */
export function startTable(start: StartUp): string {
  const { emptyNode, airBuild, airRun } = start;
  return [
    "### Start-up",
    "",
    table(
      ["process start →", "ms", "p95", "× compared"],
      [
        startRow("empty Node process, end", emptyNode, emptyNode),
        startRow("gust --version, end (with empty Node)", start.gustVersion, emptyNode),
        startRow("air -v, end (with empty Node)", start.airVersion, emptyNode),
        startRow("gust, first event (with empty Node)", start.gustHello, emptyNode),
        startRow("air, first build begins", airBuild, airBuild),
        startRow("gust, first build begins (with air)", start.gustBuild, airBuild),
        startRow("air, program is started", airRun, airRun),
        startRow("gust, program is ready (with air)", start.gustLive, airRun),
      ],
    ),
  ].join("\n");
}

function startRow(
  title: string,
  values: readonly number[],
  base: readonly number[],
): readonly string[] {
  return [
    title,
    number(median(values), 0),
    number(quantile(values, 0.95), 0),
    base === values ? "" : number(ratio(values, base), 2),
  ];
}

/** The table of the storms. */
export function stormTable(storms: readonly StormResult[]): string {
  const rows = storms.map((one) => [
    `${one.storm}, ${titles[one.tool]}`,
    String(one.writes),
    number(one.writeMs / 1000, 1),
    number(one.bytes / 1e6 / (one.writeMs / 1000), 2),
    String(one.buildsStarted),
    String(one.programsStarted),
    number(one.writes / one.buildsStarted, 0),
    one.liveMs < 0 ? "never" : number(one.liveMs, 0),
    number(one.cpuSeconds, 1),
  ]);
  const head = [
    "",
    "writes",
    "in s",
    "MB/s",
    "builds",
    "starts",
    "writes/build",
    "live ms",
    "CPU s",
  ];
  return ["### Storms", "", table(head, rows)].join("\n");
}

/** Where gust's time goes, in one line of medians. */
function shareLine(shares: readonly Share[]): string {
  const of = (pick: (share: Share) => number): string => number(median(shares.map(pick)), 1);
  return (
    `gust, medians in ms: save → build begins ${of((one) => one.pickUp)}, ` +
    `build ${of((one) => one.build)}${stepWords(shares)}, ` +
    `check ${of((one) => one.check)}, start → ready ${of((one) => one.start)}, ` +
    `all else ${of((one) => one.rest)}; gust's own part ${of(ownShare)}; it knows ${of((one) => one.knownAfter)} after the first answer`
  );
}

/** What the build is made of, as far as gust tells. */
function stepWords(shares: readonly Share[]): string {
  const words = (["plan", "compile", "link"] as const).flatMap((name) => {
    const values = shares.flatMap((one) => one[name] ?? []);
    return values.length === 0 ? [] : [`${name} ${number(median(values), 1)}`];
  });
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

export function number(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}

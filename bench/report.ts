import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import type { ProgramResult } from "./saves.ts";
import type { StartUp } from "./start-up.ts";
import type { StormResult } from "./storm.ts";
import { saveTable, startTable, stormTable } from "./tables.ts";
import type { PeerVersions } from "./peer-install.ts";
import { airVersion } from "./tools.ts";

/** What one run of the benchmarks found. */
export interface Report {
  readonly conditions: Conditions;
  readonly start: StartUp | null;
  readonly programs: readonly ProgramResult[];
  readonly storms: readonly StormResult[];
}

export interface Conditions {
  readonly date: string;
  readonly gust: string;
  readonly air: string;
  /** Of the other tools that were measured. */
  readonly peers: PeerVersions;
  readonly go: string;
  readonly node: string;
  readonly system: string;
  readonly cores: number;
  /** Load of the machine over a minute, before and after. */
  readonly load: readonly [before: number, after: number];
  readonly rounds: number;
  /** Whether all that is not gust linked debug information. */
  readonly debugInfo: boolean;
}

export function loadNow(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}

export function conditionsOf(
  gustDir: string,
  of: Pick<Conditions, "load" | "rounds" | "peers" | "debugInfo">,
): Conditions {
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, [...args], { cwd: gustDir, encoding: "utf8" }).trim();
  const { version } = JSON.parse(readFileSync(join(gustDir, "package.json"), "utf8")) as {
    version: string;
  };
  return {
    date: new Date().toISOString().slice(0, 10),
    gust: `${version} (${run("git", ["rev-parse", "--short", "HEAD"])})`,
    air: airVersion,
    go: run("go", ["env", "GOVERSION"]),
    node: process.version,
    system: `${process.platform}/${process.arch}`,
    cores: cpus().length,
    ...of,
  };
}

/** All tables, in Markdown. */
export function reportText(report: Report): string {
  const { conditions: c, start, programs, storms } = report;
  const peers = Object.entries(c.peers).map(([name, version]) => `${name} ${version}, `);
  const head =
    `${c.date}: gust ${c.gust}, air ${c.air}, ${peers.join("")}${c.go}, Node ${c.node}, ${c.system}, ` +
    `${c.cores} cores, load ${c.load[0]} before and ${c.load[1]} after, ${c.rounds} rounds${c.debugInfo ? "" : ", all without debug information"}.`;
  return [
    head,
    ...programs.map(saveTable),
    ...(start === null ? [] : [startTable(start)]),
    ...(storms.length === 0 ? [] : [stormTable(storms)]),
  ].join("\n\n");
}

export const resultsDir = "bench/results";
const begin = "<!-- recorded by `npm run bench -- --record` -->";
const end = "<!-- end of the record -->";

/** Keeps the numbers of a run, and puts its tables into the README. */
export async function record(report: Report): Promise<void> {
  await mkdir(resultsDir, { recursive: true });
  const file = `${resultsDir}/${report.conditions.date}.json`;
  await writeFile(file, JSON.stringify(report, round));
  // Kept files are checked for their format like all others.
  execFileSync(process.execPath, ["node_modules/oxfmt/bin/oxfmt", file]);
  const readme = await readFile("bench/README.md", "utf8");
  const [before, rest] = cut(readme, begin);
  const [, after] = cut(rest, end);
  const text = `${before}${begin}\n\n${reportText(report)}\n\n${end}${after}`;
  await writeFile("bench/README.md", text);
}

function cut(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`bench/README.md has no line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

/** A hundredth of a millisecond is more than can be told apart. */
function round(_: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 100) / 100 : value;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { ToolName } from "./options.ts";
import { cpuSecondsOf } from "./proc-tree.ts";
import type { Subject } from "./programs.ts";
import type { RunningTool } from "./running-tool.ts";
import { type Bench, begin, idle, saveOf } from "./saves.ts";

/** What one tool made of 20,000 writes. */
export interface StormResult {
  readonly storm: StormName;
  readonly tool: ToolName;
  readonly writes: number;
  readonly bytes: number;
  /** How long the writing took. */
  readonly writeMs: number;
  readonly buildsStarted: number;
  /** Versions of the program that were started. */
  readonly programsStarted: number;
  /** From the last write, which is a save of the constant, to its first answer; -1: never. */
  readonly liveMs: number;
  readonly cpuSeconds: number;
}

/**
 * `sources`: 200 Go files that the program imports, each written 100 times. `templates`: 20,000
 * new templates in 200 new directories.
 */
export type StormName = "sources" | "templates";

export const stormNames: readonly StormName[] = ["sources", "templates"];

/** Tools that say how often they build and start; the others do not. */
export const stormTools: readonly ToolName[] = ["gust", "air", "air-tuned"];

const writes = 20_000;
const packages = 10;
const filesInPackage = 20;
const directories = 200;

/** Lets a storm of writes loose on a program under a tool, then saves once more. */
export async function measureStorm(
  bench: Bench,
  subject: Subject,
  of: { readonly storm: StormName; readonly tool: ToolName },
): Promise<StormResult> {
  const tool = await begin(bench, withPackages(subject), of.tool);
  try {
    const cpu = cpuSecondsOf(tool.pid);
    const before = counts(tool);
    const from = performance.now();
    const bytes = await (of.storm === "sources" ? writeSources : writeTemplates)(tool.place.dir);
    const writeMs = performance.now() - from;
    const sight = await bench.probe.save({
      ...saveOf(subject, tool),
      everyUs: 20_000,
      afterMs: 0,
      timeoutMs: 60_000,
    });
    await idle(tool);
    const after = counts(tool);
    return {
      ...of,
      writes,
      bytes,
      writeMs,
      buildsStarted: after.builds - before.builds,
      programsStarted: after.programs - before.programs,
      liveMs: sight.firstMs,
      cpuSeconds: cpuSecondsOf(tool.pid) - cpu,
    };
  } finally {
    await tool.stop();
  }
}

function counts(tool: RunningTool): { builds: number; programs: number } {
  const events = (type: string): number =>
    tool.events.filter((event) => event.type === type).length;
  const lines = (text: string): number => tool.lines.filter((line) => line.includes(text)).length;
  return {
    builds: events("build-started") + lines("building..."),
    programs: events("live") + lines("running..."),
  };
}

/** The program with ten more packages, which it imports. */
function withPackages(subject: Subject): Subject {
  const copy = async (dir: string): Promise<void> => {
    await subject.copy(dir);
    const goMod = await readFile(join(dir, "go.mod"), "utf8");
    const module = /^module (\S+)$/m.exec(goMod)?.[1] ?? "";
    const imports: string[] = [];
    for (let one = 0; one < packages; one += 1) {
      mkdirSync(join(dir, "storm", `p${one}`), { recursive: true });
      imports.push(`\t_ "${module}/storm/p${one}"`);
      for (let file = 0; file < filesInPackage; file += 1) {
        writeFileSync(sourceFile(dir, one, file), source(one, file, 0));
      }
    }
    const main = `package main\n\nimport (\n${imports.join("\n")}\n)\n`;
    await writeFile(join(dir, "storm.go"), main);
  };
  return { ...subject, copy };
}

async function writeSources(dir: string): Promise<number> {
  const rounds = writes / (packages * filesInPackage);
  let bytes = 0;
  for (let round = 1; round <= rounds; round += 1) {
    for (let one = 0; one < packages; one += 1) {
      for (let file = 0; file < filesInPackage; file += 1) {
        const text = source(one, file, round);
        writeFileSync(sourceFile(dir, one, file), text);
        bytes += text.length;
      }
      // The words of the tools are read meanwhile: a full pipe would hold them up.
      await turn();
    }
  }
  return bytes;
}

async function writeTemplates(dir: string): Promise<number> {
  let bytes = 0;
  for (let one = 0; one < directories; one += 1) {
    const place = join(dir, "views", `v${one}`);
    mkdirSync(place, { recursive: true });
    for (let file = 0; file < writes / directories; file += 1) {
      const text = `<h1>view ${one}/${file}</h1>\n`;
      writeFileSync(join(place, `t${file}.tmpl`), text);
      bytes += text.length;
    }
    await turn();
  }
  return bytes;
}

const sourceFile = (dir: string, one: number, file: number): string =>
  join(dir, "storm", `p${one}`, `f${file}.go`);

const source = (one: number, file: number, round: number): string =>
  `package p${one}\n\n// F${file} tells its round.\nfunc F${file}() int { return ${round} }\n`;

/*
 * What gust's files in a program cost: time to build it after a save, size, time from its start to
 * its first answer, and requests per second. Both programs run under the same keeper, in turns, so
 * that only the files differ; with them its sockets are held and its answers have X-Gust-Build.
 * Needs wrk. `npm run bench -- shim-cost.ts [rounds]`, on a quiet machine: two minutes.
 */
import { execFileSync } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { shimFiles } from "../src/adapters/go/shim-files.ts";
import { writeOverlay } from "../src/adapters/go/shim-overlay.ts";
import { openProcesses } from "../src/adapters/process/open-processes.ts";
import type { Child, ChildSink, Processes } from "../src/engine/processes.ts";
import { median, ratio } from "./stats.ts";

const rounds = Number(process.argv[2] ?? 9);
const WRK_SECONDS = 2;
const PORT = 18_473;

interface Round {
  readonly buildMs: number;
  readonly bytes: number;
  readonly startMs: number;
  readonly requests: number;
}

const kinds = ["without", "with"] as const;
type Kind = (typeof kinds)[number];

const dir = mkdtempSync(join(tmpdir(), "gust-bench-"));
try {
  await main();
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const source = join(dir, "hello");
  cpSync("examples/hello", source, { recursive: true });
  const processes = await openProcesses({
    backend: "keeper",
    runId: `bench-${process.pid}`,
    keeperDir: "keeper",
    cacheDir: join(dir, "cache"),
  });
  const results: Record<Kind, Round[]> = { without: [], with: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? kinds : kinds.toReversed();
    for (const kind of order) {
      const seen = await measure(kind, source, round, processes);
      // The first round fills caches.
      if (round > 0) results[kind].push(seen);
    }
  }
  await processes.close();
  const rows = (["buildMs", "bytes", "startMs", "requests"] as const).map((name) => {
    const [without, withShim] = kinds.map((kind) => results[kind].map((one) => one[name]));
    return [
      name,
      {
        without: median(without ?? []).toFixed(1),
        with: median(withShim ?? []).toFixed(1),
        ratio: ratio(withShim ?? [], without ?? []).toFixed(3),
      },
    ] as const;
  });
  console.table(Object.fromEntries(rows));
}

async function measure(
  kind: Kind,
  source: string,
  round: number,
  processes: Processes,
): Promise<Round> {
  const binary = join(dir, kind);
  const main = join(source, "main.go");
  // A save: nobody has built this text before.
  const text = readFileSync("examples/hello/main.go", "utf8");
  writeFileSync(main, `${text}\nvar saved = "${kind} ${round}"\n\nfunc init() { _ = saved }\n`);
  const files =
    kind === "without"
      ? []
      : shimFiles(
          resolve("shim"),
          { net: true, http: true, grpc: false, fasthttp: false },
          "linux",
        );
  const program = { mainDir: source, mainPath: "example.com/hello" };
  const overlay = await writeOverlay(dir, program, files, "package");
  const flags = files.length === 0 ? [] : [`-overlay=${overlay}`, "-ldflags=-checklinkname=0"];
  const began = performance.now();
  execFileSync("go", ["build", ...flags, "-o", binary, "."], {
    cwd: source,
    env: { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" },
  });
  const buildMs = performance.now() - began;
  const running = await start(processes, binary, kind === "with");
  const wrk = execFileSync(
    "wrk",
    ["-c16", "-t1", `-d${WRK_SECONDS}s`, `http://127.0.0.1:${PORT}/`],
    { encoding: "utf8" },
  );
  await running.end();
  processes.release?.([]);
  const requests = Number(/Requests\/sec:\s+([\d.]+)/.exec(wrk)?.[1] ?? Number.NaN);
  return { buildMs, bytes: statSync(binary).size, startMs: running.startMs, requests };
}

/** Starts the program and asks until it answers. */
async function start(
  processes: Processes,
  binary: string,
  held: boolean,
): Promise<{ readonly startMs: number; readonly end: () => Promise<void> }> {
  const events = new EventEmitter();
  const gone = once(events, "gone");
  const sink: ChildSink = {
    started: () => undefined,
    failed: (failure) => console.error(failure),
    output: () => undefined,
    listening: () => undefined,
    exited: () => undefined,
    gone: () => void events.emit("gone"),
  };
  const began = performance.now();
  const child: Child = processes.spawn(
    {
      argv: [binary],
      dir,
      env: { PATH: process.env["PATH"] ?? "", PORT: String(PORT), GUST_LABEL: "1" },
      stdin: "none",
      terminal: null,
      sockets: true,
      held,
      nice: 0,
    },
    sink,
  );
  while (!(await answers())) continue;
  const startMs = performance.now() - began;
  const end = async (): Promise<void> => {
    child.signal("SIGTERM");
    await gone;
  };
  return { startMs, end };
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port: PORT, agent: false }, (response) => {
      response.resume().once("end", () => resolve(true));
    });
    asked.once("error", () => resolve(false));
  });
}

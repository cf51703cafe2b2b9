/*
 * What gust's files in a program cost: time to build it after a save, size, time from its start to
 * its first answer, requests per second, and processor time of the program for each. The programs run
 * under the same keeper, in turns, so that only the files differ; with them its sockets are held and its
 * answers have X-Gust-Build, and with pages it looks at each request whether a browser loads a page.
 * Needs wrk. `npm run bench -- shim-cost.ts [rounds]`, on a quiet machine: three minutes.
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
  /** Microseconds of processor time of the program, a request. */
  readonly cpu: number;
}

const kinds = ["without", "with", "with pages"] as const;
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
  const results: Record<Kind, Round[]> = { without: [], with: [], "with pages": [] };
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? kinds : kinds.toReversed();
    for (const kind of order) {
      const seen = await measure(kind, source, round, processes);
      // The first round fills caches.
      if (round > 0) results[kind].push(seen);
    }
  }
  await processes.close();
  const rows = (["buildMs", "bytes", "startMs", "requests", "cpu"] as const).map((name) => {
    const of = (kind: Kind): number[] => results[kind].map((one) => one[name]);
    return [
      name,
      {
        without: median(of("without")).toFixed(1),
        with: median(of("with")).toFixed(1),
        "with pages": median(of("with pages")).toFixed(1),
        ratio: ratio(of("with"), of("without")).toFixed(3),
        "pages / with": ratio(of("with pages"), of("with")).toFixed(3),
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
  const binary = join(dir, kind.replace(" ", "-"));
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
  const running = await start(processes, binary, kind);
  const cpuBefore = cpuOf(running.pid);
  const wrk = execFileSync(
    "wrk",
    ["-c16", "-t1", `-d${WRK_SECONDS}s`, `http://127.0.0.1:${PORT}/`],
    { encoding: "utf8" },
  );
  const cpuMs = cpuOf(running.pid) - cpuBefore;
  await running.end();
  processes.release?.([]);
  const requests = Number(/Requests\/sec:\s+([\d.]+)/.exec(wrk)?.[1] ?? Number.NaN);
  const cpu = (cpuMs * 1000) / Number(/(\d+) requests in/.exec(wrk)?.[1]);
  return { buildMs, bytes: statSync(binary).size, startMs: running.startMs, requests, cpu };
}

interface Running {
  readonly pid: number;
  readonly startMs: number;
  readonly end: () => Promise<void>;
}

/** Milliseconds of processor time that a process has used; the system counts by ten. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Starts the program and asks until it answers. */
async function start(processes: Processes, binary: string, kind: Kind): Promise<Running> {
  const events = new EventEmitter();
  const gone = once(events, "gone");
  const sink: ChildSink = {
    started: (started) => (pid = started),
    failed: (failure) => console.error(failure),
    output: () => undefined,
    listening: () => undefined,
    exited: () => undefined,
    gone: () => void events.emit("gone"),
  };
  let pid = 0;
  const held = kind !== "without";
  // Nobody asks for what is there: only what each request costs is of interest.
  const pages = kind === "with pages" ? { GUST_PAGES: join(dir, "pages.sock") } : {};
  const began = performance.now();
  const child: Child = processes.spawn(
    {
      argv: [binary],
      dir,
      env: { PATH: process.env["PATH"] ?? "", PORT: String(PORT), GUST_LABEL: "1", ...pages },
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
  return { pid, startMs, end };
}

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get({ host: "127.0.0.1", port: PORT, agent: false }, (response) => {
      response.resume().once("end", () => resolve(true));
    });
    asked.once("error", () => resolve(false));
  });
}

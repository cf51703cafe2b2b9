import type { BuildDiff, GraphPackage, LogLine, PackageGraph } from "../../src/core/dashboard.ts";
import type { TestReport } from "../../src/core/test-report.ts";
import { chance, modulePath, moment, root } from "./dashboard-saves.ts";

/*
 * What a made-up gust tells of tests, logs, packages and binaries.
 */

/** A run in which one test failed. */
export function failedReport(): TestReport {
  const names = "List Create Delete Limit Page Render Feed Broadcast Session Token".split(" ");
  return {
    passed: names.length,
    failed: 1,
    skipped: 1,
    packages: 4,
    durationMs: 640,
    results: [
      {
        package: `${modulePath}/store`,
        name: "TestPage/last",
        outcome: "failed",
        durationMs: 12,
        failure: {
          message: "Page(3) is wrong",
          place: { file: `${root}/store/store_test.go`, line: 51 },
          difference: { want: "[ana bob cleo]", got: "[ana bob]" },
          output:
            "    store_test.go:51: Page(3) is wrong\n        want: [ana bob cleo]\n        got:  [ana bob]\n",
        },
      },
      {
        package: `${modulePath}/feed`,
        name: "TestBroadcastSlow",
        outcome: "skipped",
        durationMs: 0,
        failure: null,
      },
      ...names.map((name, index) => ({
        package: `${modulePath}/${["api", "store", "feed", "web"][index % 4] ?? ""}`,
        name: `Test${name}`,
        outcome: "passed" as const,
        durationMs: 140 - index * 13,
        failure: null,
      })),
    ],
    broken: [],
    coverage: [
      { package: `${modulePath}/api`, covered: 118, statements: 142 },
      { package: `${modulePath}/store`, covered: 61, statements: 64 },
    ],
    meanwhile: [],
  };
}

/** Lines of a program's output; some in colours, as programs write them. */
export function logLines(from: number, count: number): readonly LogLine[] {
  return Array.from({ length: count }, (_, index): LogLine => {
    const id = from + index;
    const kind = id % 23;
    const at = moment - 180_000 + id * 37;
    const base = { id, at, generation: 58 + (id % 2), stream: "stdout" as const };
    if (kind === 5) {
      return { ...base, level: "warn", text: `level=WARN msg="slow query" ms=${200 + (id % 90)}` };
    }
    if (kind === 11) {
      const text = `\u{1b}[31mERROR\u{1b}[0m write tcp 127.0.0.1:8080: broken pipe (request ${id})`;
      return { ...base, stream: "stderr", level: "error", text };
    }
    if (kind === 17)
      return { ...base, level: null, text: `  -> cache ${id} \u{1b}[32mhit\u{1b}[0m` };
    const text = `level=INFO msg="GET /entries" status=200 ms=${3 + (id % 11)} request=${id}`;
    return { ...base, level: "info", text };
  });
}

/** The packages of a program with so many of them, in layers. */
export function graphOf(count: number): PackageGraph {
  if (count <= guestbook.length) return { packages: withRebuilds(guestbook) };
  const next = chance(count);
  const packages = Array.from({ length: count }, (_, index): Bare => {
    const below = Math.floor(index * 0.8);
    const imports = new Set<string>();
    for (let many = 0; many < Math.min(3, below); many += 1) {
      imports.add(`pkg${Math.floor(next() * below)}`);
    }
    return [`pkg${index}`, [...imports]];
  });
  return { packages: withRebuilds(packages) };
}

type Bare = readonly [name: string, imports: readonly string[]];

const guestbook: readonly Bare[] = [
  ["internal/clock", []],
  ["internal/slug", []],
  ["internal/config", []],
  ["model", ["internal/slug"]],
  ["store", ["model", "internal/clock"]],
  ["feed", ["model", "internal/clock"]],
  ["mail", ["internal/config"]],
  ["web", ["model"]],
  ["api", ["store", "feed", "web", "mail"]],
  ["cmd/guestbook", ["api", "store", "internal/config"]],
];

const pathOf = (name: string): string => `${modulePath}/${name}`;

function withRebuilds(packages: readonly Bare[]): readonly GraphPackage[] {
  return packages.map(([name, imports]) => {
    const rebuilt = new Set([name]);
    for (const [other, needs] of packages) {
      if (needs.some((one) => rebuilt.has(one))) rebuilt.add(other);
    }
    return {
      path: pathOf(name),
      dir: name,
      imports: imports.map(pathOf),
      files: 1 + (name.length % 5),
      rebuilds: [...rebuilt].map(pathOf),
    };
  });
}

export function diffOf(from: number, to: number): BuildDiff {
  return {
    from,
    to,
    bytes: { from: 9_408_896, to: 9_412_608 },
    packages: [
      { path: `${modulePath}/api`, from: 48_120, to: 50_912 },
      { path: `${modulePath}/store`, from: 20_816, to: 21_040 },
      { path: "golang.org/x/time/rate", from: 0, to: 6_208 },
    ],
    symbols: [
      { name: `${modulePath}/api.parseLimit`, from: 0, to: 1_312, change: "added" },
      { name: `${modulePath}/api.(*API).Create`, from: 2_208, to: 3_104, change: "changed" },
      { name: `${modulePath}/api.oldHelper`, from: 640, to: 0, change: "removed" },
    ],
  };
}

import { join } from "node:path";

/** What a program links, as `go list -deps` says. */
export interface LinkedPackages {
  /** Package net. */
  readonly net: boolean;
  /** Package net/http. */
  readonly http: boolean;
  /** Package google.golang.org/grpc, which links net/http too. */
  readonly grpc: boolean;
  /** Package github.com/valyala/fasthttp, a server of its own. */
  readonly fasthttp: boolean;
  /** Package log; absent: no. */
  readonly log?: boolean;
  /** Package log/slog. */
  readonly slog?: boolean;
}

/** Which of gust's files are wanted, where the program links what they are for. */
export interface WantedFiles {
  /** Those that hand sockets on. */
  readonly sockets: boolean;
  /** Those that tell in log lines which process they are from. */
  readonly logContext: boolean;
}

/** A file of gust's, to be linked into the program. */
export interface ShimFile {
  /** Its name in the package of gust's. */
  readonly name: string;
  /** Absolute path of its content. */
  readonly source: string;
}

/**
 * The files for this program; they need the linker flag `-checklinkname=0`. None outside of Linux.
 */
export function shimFiles(
  shimDir: string,
  packages: LinkedPackages,
  goos: string,
  wanted: WantedFiles = { sockets: true, logContext: false },
): readonly ShimFile[] {
  if (goos !== "linux") return [];
  return [
    ...(wanted.sockets ? socketFiles(shimDir, packages) : []),
    ...(wanted.logContext ? logFiles(shimDir, packages) : []),
  ];
}

/** They do without those for sockets: see docs/logs.md. */
function logFiles(shimDir: string, { log, slog }: LinkedPackages): readonly ShimFile[] {
  if (log !== true) return [];
  return ["log", ...(slog === true ? ["slog"] : [])].map((part) => shimFile(shimDir, part));
}

/**
 * They let a program hand its sockets on; see docs/keeper.md. None where the program has no network.
 */
function socketFiles(shimDir: string, packages: LinkedPackages): readonly ShimFile[] {
  if (!packages.net) return [];
  const parts = packages.http ? [...NET_PARTS, ...HTTP_PARTS] : NET_PARTS;
  const files = [...parts, ...(packages.fasthttp ? ["fasthttp"] : [])].map((part) =>
    shimFile(shimDir, part),
  );
  if (!packages.http || !packages.grpc) return files;
  // In a directory that `go vet ./...` leaves out: it needs a module that the others do without.
  return [...files, shimFile(join(shimDir, "_grpc"), "grpc")];
}

function shimFile(dir: string, part: string): ShimFile {
  const name = `00_gust_${part}_linux.go`;
  return { name, source: join(dir, name) };
}

const NET_PARTS = [
  "accept",
  "address",
  "bell",
  "channel",
  "drain",
  "label",
  "listen",
  "port",
  "report",
  "start",
  "unix",
];
const HTTP_PARTS = [
  "csp",
  "desk",
  "html",
  "http",
  "http_idle",
  "http_layout",
  "http_move",
  "http_norace",
  "http_race",
  "http_stream",
  "inflate",
  "page",
  "page_tag",
];

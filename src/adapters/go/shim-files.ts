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
}

/** A file of gust's, to be linked into the program. */
export interface ShimFile {
  /** Its name in the package of gust's. */
  readonly name: string;
  /** Absolute path of its content. */
  readonly source: string;
}

/**
 * The files that let a program hand its sockets on; see docs/keeper.md. They need the linker flag
 * `-checklinkname=0`. None where sockets cannot be held, or where the program has no network.
 */
export function shimFiles(
  shimDir: string,
  packages: LinkedPackages,
  goos: string,
): readonly ShimFile[] {
  if (goos !== "linux" || !packages.net) return [];
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
  "http",
  "http_idle",
  "http_layout",
  "http_move",
  "http_norace",
  "http_race",
  "http_stream",
];

import type { Capabilities } from "../../engine/processes.ts";
import type { CacheFact, Fact, FilesFact, InotifyFact, KeeperFact } from "./facts.ts";
import { type Finding, advice, ok, problem } from "./finding.ts";

type FactOf<T extends Fact["type"]> = Extract<Fact, { readonly type: T }>;

export function judgeGo({ found, minimum }: FactOf<"go">): Finding {
  if ("code" in found) {
    const seen = firstLine(found.seen);
    const text = found.code === "BUILD_FAILED" && seen !== "" ? `${found.message}: ${seen}` : null;
    return problem("go", text ?? found.message, found.hint ?? null);
  }
  const { version, goos, goarch, go } = found;
  return ok("go", `${version} for ${goos}/${goarch}, ${go} (${minimum} or newer is needed)`, [
    `GOROOT     ${found.goroot}`,
    `GOCACHE    ${found.gocache}`,
    `GOFLAGS    ${found.goflags === "" ? "none" : found.goflags}`,
    `go.mod     ${found.gomod === "" ? "none" : found.gomod}`,
    `go.work    ${found.gowork === "" ? "none" : found.gowork}`,
  ]);
}

export function judgeNode({ version, minimum }: FactOf<"node">): Finding {
  const [major = 0, minor = 0] = numbersOf(version);
  const [leastMajor = 0, leastMinor = 0] = numbersOf(minimum);
  const old = major < leastMajor || (major === leastMajor && minor < leastMinor);
  if (!old) return ok("node", `${version} (${minimum} or newer is needed)`);
  const seen = `${version} is older than ${minimum}, which gust is made for`;
  return problem("node", seen, "install a newer Node from https://nodejs.org");
}

export function judgeKeeper({ capabilities, place }: KeeperFact): Finding {
  const { backend, loss } = capabilities;
  const details = capabilityLines(capabilities);
  if (backend === "node") {
    const hint = "see `docs/platforms.md` for where the keeper runs; it is built with your `go`";
    return { ...advice("keeper", loss ?? "the keeper is not used", hint), details };
  }
  const built = place?.built === false ? "built now" : "built before";
  const seen = place === null ? "runs" : `${built}, cached in ${place.path}`;
  if (loss === null) return ok("keeper", seen, details);
  return { ...advice("keeper", `${seen}; ${loss}`, null), details };
}

export function judgeFiles(fact: FilesFact): Finding {
  const { root, kind, report, pollIntervalMs, forced } = fact;
  const mounted = kind.mountPoint === null ? "" : ` mounted on ${kind.mountPoint}`;
  const place = `${root} is on ${kind.name === "unknown" ? "a file system" : kind.name}${mounted}`;
  const reason = report.reason === null ? "" : `: ${report.reason}`;
  if (report.mode === "events" && !kind.events) {
    const hint = "set `poll = true` in [build] when saves are missed";
    return advice("files", `${place}, which may not report every change`, hint);
  }
  if (report.mode === "events") return ok("files", `${place}, which reports changes`);
  const some = report.mode === "mixed" ? "some directories are" : "it is";
  const seen = `${place}; ${some} polled every ${pollIntervalMs} ms${reason}`;
  if (!forced) return advice("files", seen, "saves are live sooner from a local disk");
  if (!kind.events) return ok("files", seen);
  return advice("files", seen, "without `poll = true` gust would be told of changes here");
}

export function judgeInotify({ use, needed, counted }: InotifyFact): Finding {
  if (use === null) return ok("watches", "this system has no limit that gust could read");
  const { maxWatches, maxInstances, watches, instances, hidden } = use;
  const more = needed === null || counted ? 0 : needed;
  const parts = [
    `${watches} of ${maxWatches} inotify watches and ${instances} of ${maxInstances} instances in use`,
    ...(needed === null ? [] : [`this project ${counted ? "has" : "needs"} ${needed}`]),
    ...(hidden === 0 ? [] : [`${hidden} processes could not be looked into`]),
  ];
  const seen = parts.join("; ");
  if (!counted && instances + 1 > maxInstances) {
    const wanted = Math.max(1024, maxInstances * 2);
    return advice("watches", seen, `sudo sysctl fs.inotify.max_user_instances=${wanted}`);
  }
  if (watches + more <= maxWatches) return ok("watches", seen);
  const wanted = Math.max(LEAST_WATCHES, 2 ** Math.ceil(Math.log2((watches + more) * 2)));
  const hint = `what is beyond the limit is polled; sudo sysctl fs.inotify.max_user_watches=${wanted}`;
  return advice("watches", seen, hint);
}

export function judgeCache({ dir, storage }: CacheFact): Finding {
  const { failure, freeBytes } = storage;
  if (failure !== null) {
    const seen =
      failure.seen === undefined ? failure.message : `${failure.message}: ${failure.seen}`;
    const hint = "binaries are built there; set GUST_CACHE_DIR to a directory that can be written";
    return problem("cache", seen, failure.hint ?? hint);
  }
  const free = freeBytes === null ? "" : `, ${sizeText(freeBytes)} free`;
  const seen = `${dir} can be written${free}`;
  if (freeBytes === null || freeBytes >= LEAST_FREE) return ok("cache", seen);
  return advice("cache", seen, "free some space, for example with `go clean -cache`");
}

export function judgeSocket({ dir, failure }: FactOf<"socket">): Finding {
  if (failure === null) return ok("control", `gust can be asked over a socket in ${dir}`);
  return problem("control", failure.message, failure.hint ?? null);
}

/** The kernel's own default on machines with memory to spare. */
const LEAST_WATCHES = 524_288;
/** A few binaries of the larger kind, and the temporary files of a link. */
const LEAST_FREE = 500_000_000;

function capabilityLines(capabilities: Capabilities): readonly string[] {
  const { sockets, treeProof, terminal, parentDeath } = capabilities;
  return [
    `sees when a program listens           ${word(sockets)}`,
    `proves that a process tree is gone    ${word(treeProof)}`,
    `gives programs a terminal             ${word(terminal)}`,
    `ends programs even without the keeper ${word(parentDeath)}`,
  ];
}

const word = (has: boolean): string => (has ? "yes" : "no");

function numbersOf(version: string): readonly number[] {
  return version.replace(/^v/, "").split(".").map(Number);
}

/** A size in powers of ten: `1.2 GB`. */
function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${Math.floor(bytes / 1e6)} MB`;
}

function firstLine(text: string | undefined): string {
  const [first = ""] = (text ?? "").split("\n");
  return first;
}

import { CurlLoad } from "./curl-load.ts";
import { type Counts, type CountsByKind, GoLoad, type Ports } from "./go-load.ts";
import { assertInstalled } from "./installed.ts";
import { type Trouble, kept, startLoad } from "./load.ts";

export interface Report {
  readonly counts: CountsByKind;
  readonly troubles: readonly Trouble[];
}

export interface ConstantLoad {
  /** The number that every answer asked for from now on must have at least. */
  live(number: number): void;
  /** What was seen so far. */
  report(): Promise<Report>;
  stop(): Promise<Report>;
  /** For a test that has failed. */
  kill(): Promise<void>;
}

/** Kinds of clients that have one connection over the whole run. */
export const keeping: readonly string[] = ["kept", "rare", "slow", "upload", "download", "node"];

/** Name, clients, and requests a second by all of them: builds need the processors as well. */
const kinds = [
  "fresh:4:40",
  "kept:6:120",
  // Over several swaps without a request.
  "rare:4:1",
  "slow:2:5",
  "tls:3:30",
  "h2:3:6",
  "sse:4:40",
  "ws:4:40",
  "upload:1:1",
  "download:1:1",
];

/** Clients of several makes that ask the program `everything` all the time. */
export async function startConstantLoad(ports: Ports): Promise<ConstantLoad> {
  assertInstalled("curl");
  const go = await GoLoad.start(ports, kinds);
  const node = startLoad(ports.port, { pauseMs: 50, failuresMax: Number.POSITIVE_INFINITY });
  const curl = new CurlLoad(ports, 150);

  function together(counts: CountsByKind): Report {
    const troubles = [...go.troubles, ...node.seen.troubles, ...curl.troubles];
    const nodes = { ...counted("node", troubles, node.seen.answers), opened: openedBy(troubles) };
    const curls = counted("curl", troubles, curl.requests);
    return { counts: { ...counts, node: nodes, curl: curls }, troubles };
  }

  return {
    live: (number) => {
      go.live(number);
      node.live(number);
      curl.least = number;
    },
    report: async () => together(await go.counts()),
    stop: async () => {
      const [counts] = await Promise.all([go.stop(), node.stop(), curl.stop()]);
      return together(counts);
    },
    kill: async () => {
      await Promise.all([go.kill(), node.stop(), curl.stop()]);
    },
  };
}

function counted(kind: string, troubles: readonly Trouble[], requests: number): Counts {
  const count = (what: Trouble["trouble"]): number =>
    troubles.filter(({ trouble, kind: its }) => trouble === what && its === kind).length;
  return {
    requests,
    failures: count("failure"),
    stale: count("stale"),
    opened: [],
    messages: 0,
    ended: 0,
    cut: 0,
  };
}

/** Node's clients open a connection at first and whenever one was closed. */
function openedBy(troubles: readonly Trouble[]): number[] {
  const opened = Array.from({ length: kept }, () => 1);
  for (const { trouble, kind, client } of troubles) {
    if (trouble === "closed" && kind === "node") opened[client] = (opened[client] ?? 0) + 1;
  }
  return opened;
}

import { descriptorsOf, freePort, hasProc } from "./census.ts";
import { type ConstantLoad, startConstantLoad } from "./constant-load.ts";
import { PATIENCE_MS } from "./events.ts";
import { Gust } from "./gust.ts";
import { Swaps, special, swapsConfig } from "./load-swaps.ts";
import { circumstances, described, judge, told, toldCrashes } from "./load-verdict.ts";
import type { Afterwards } from "../world/temp-module.ts";
import { Project } from "./project.ts";
import type { SoakOptions } from "./soak-run.ts";
import { startWrk } from "./wrk.ts";

/** Swaps between two looks at everything, and how many of them wrk looks on at. */
const ROUND = 100;
const WITH_WRK = 10;

/**
 * Swaps of all sorts under a constant load. Returns what was wrong: clients that noticed something,
 * or something of gust's that has grown.
 */
export async function soakUnderLoad(t: Afterwards, options: SoakOptions): Promise<string[]> {
  const ports = { port: await freePort(), tlsPort: await freePort() };
  const project = await Project.create(t, "everything", { "gust.toml": swapsConfig(ports) });
  const env = { TLS_PORT: String(ports.tlsPort) };
  const gust = await Gust.start(project, { port: ports.port, env });
  await gust.next("live");
  const load = await startConstantLoad(ports);
  t.after(() => load.kill());
  const run = new SoakUnderLoad(gust, load, options);
  await run.all();
  await gust.stop();
  return run.faults;
}

/** What gust and its keeper hold of the system's. */
interface Holdings {
  readonly descriptors: number;
  readonly keeperDescriptors: number;
  readonly processes: number;
  readonly memory: string;
}

class SoakUnderLoad {
  readonly faults: string[] = [];
  readonly #gust: Gust;
  readonly #load: ConstantLoad;
  readonly #swaps: Swaps;
  readonly #options: SoakOptions;
  readonly #began = performance.now();
  #crashesTold = 0;
  #faultsTold = 0;

  constructor(gust: Gust, load: ConstantLoad, options: SoakOptions) {
    this.#gust = gust;
    this.#load = load;
    this.#options = options;
    this.#swaps = new Swaps(gust, load, {
      seed: options.seed,
      kinds: [...special, "taken back"],
    });
  }

  async all(): Promise<void> {
    const { saves, say } = this.#options;
    await this.#swaps.good();
    const before = await this.#alone();
    say(`at the begin: ${holds(before)}`);
    for (let done = 0; done < saves;) {
      const end = Math.min(saves, done + ROUND);
      for (; done < end - WITH_WRK; done += 1) await this.#swaps.next();
      done += await this.#underWrk(end - done);
      say(`${done} swaps in ${this.#minutes()} min · ${holds(this.#holdings())}`);
      await this.#look();
    }
    await this.#swaps.good();
    const after = await this.#alone();
    say(`at the end: ${holds(after)}`);
    this.faults.push(...grown(before, after));
    const verdict = judge(await this.#load.stop(), this.#swaps);
    this.faults.push(...verdict.faults);
  }

  /** Good swaps, and a client that is as fast as it can be. */
  async #underWrk(swaps: number): Promise<number> {
    const wrk = startWrk(this.#gust.port);
    try {
      for (let done = 0; done < swaps; done += 1) await this.#swaps.good();
    } finally {
      const report = await wrk.stop();
      this.#options.say(`wrk: ${JSON.stringify(report)}`);
      if (report.socketErrors + report.badAnswers > 0) {
        this.faults.push(`wrk has seen errors: ${JSON.stringify(report)}`);
      }
    }
    return swaps;
  }

  /** Says what the clients have seen so far; what was wrong is told again at the end. */
  async #look(): Promise<void> {
    const { say } = this.#options;
    const { crashes, done } = this.#swaps;
    const report = await this.#load.report();
    const verdict = judge(report, this.#swaps);
    say(`  ${JSON.stringify(done)}`);
    for (const line of told(report.counts)) say(`  ${line}`);
    for (const line of toldCrashes(verdict, { crashes: crashes.slice(this.#crashesTold) }))
      say(`  ${line}`);
    this.#crashesTold = crashes.length;
    const { faults, cuts, lastAnswers, early, young } = verdict;
    const known = [
      `${cuts.length} streams without a goodbye`,
      `${lastAnswers.length} last answers over TLS`,
      `${early.length} answers stale just when it was live`,
      `${young.length} early GOAWAYs`,
    ];
    say(`  ${faults.length} faults; ${known.join(", ")}`);
    const shown = verdict.troubles.slice(this.#faultsTold);
    for (const trouble of shown.slice(0, 5)) say(`  ${described(trouble)}`);
    for (const line of circumstances(shown.slice(0, 5), this.#gust.log)) say(`    ${line}`);
    this.#faultsTold = verdict.troubles.length;
  }

  /** Waits until older versions have finished what they had begun, and nothing changes any more. */
  async #alone(): Promise<Holdings> {
    let [seen, same] = [this.#holdings(), 0];
    for (const deadline = Date.now() + PATIENCE_MS; same < SAME && Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const now = this.#holdings();
      const changed = grown(seen, now).length > 0 || grown(now, seen).length > 0;
      same = changed || now.processes > ALONE ? 0 : same + 1;
      seen = now;
    }
    return seen;
  }

  #holdings(): Holdings {
    if (!hasProc) return { descriptors: 0, keeperDescriptors: 0, processes: 0, memory: "unknown" };
    const processes = this.#gust.processes();
    const gust = this.#gust.descriptors();
    const [keeper] = [...processes].find(([, command]) => /keeper.* -run /.test(command)) ?? [];
    const held = keeper === undefined ? null : descriptorsOf(keeper);
    return {
      descriptors: gust.open,
      keeperDescriptors: held?.open ?? 0,
      processes: processes.size,
      memory: `${megabytes(gust.rssBytes)} MB, keeper ${megabytes(held?.rssBytes ?? 0)} MB`,
    };
  }

  #minutes(): string {
    return ((performance.now() - this.#began) / 60_000).toFixed(1);
  }
}

/** gust, its keeper, and one version of the program. */
const ALONE = 3;
/** So many looks without a change are enough. */
const SAME = 20;

function grown(before: Holdings, after: Holdings): string[] {
  const counted = ["descriptors", "keeperDescriptors", "processes"] as const;
  return counted
    .filter((what) => after[what] > before[what])
    .map((what) => `${what}: ${before[what]} at the begin, ${after[what]} at the end`);
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

const holds = ({ descriptors, keeperDescriptors, processes, memory }: Holdings): string =>
  `${memory}; descriptors ${descriptors}, keeper ${keeperDescriptors}; ${processes} processes`;

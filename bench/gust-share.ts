import type { GustEvent } from "./gust-events.ts";
import type { Sight } from "./stand.ts";

/** Where the time of one save with gust went, in milliseconds. */
export interface Share {
  /** From the save to the start of the build. */
  readonly pickUp: number;
  /** The build: the build command from the start of `go` to its end, or the steps below. */
  readonly build: number;
  /** Steps of a build that gust does without `go build`; null where they are not told. */
  readonly plan: number | null;
  readonly compile: number | null;
  readonly link: number | null;
  /** The look at the binary after the build. */
  readonly check: number;
  /** From the start of the new process to the sign that it is ready. */
  readonly start: number;
  /** What is left: before the build command, between the steps, the end of the old process. */
  readonly rest: number;
  /** From the save to the sign that the new version is ready. */
  readonly live: number;
  /** From the first answer of the new code to that sign; negative when the sign came first. */
  readonly knownAfter: number;
}

/** Takes the events of one save apart; null when they do not tell of a version that went live. */
export function shareOf(
  events: readonly GustEvent[],
  sight: Pick<Sight, "savedAt" | "firstMs">,
): Share | null {
  const begun = events.find((event) => event.type === "build-started");
  const live = events.find((event) => event.type === "live");
  if (begun === undefined || live?.phases === undefined) return null;
  const phase = (name: string): number | null =>
    live.phases?.find((one) => one.name === name)?.durationMs ?? null;
  const pickUp = begun.at - sight.savedAt;
  const total = live.at - sight.savedAt;
  const [plan, compile, link] = [phase("plan"), phase("compile"), phase("link")];
  const build = phase("build") ?? (plan ?? 0) + (compile ?? 0) + (link ?? 0);
  const [check, start] = [phase("check") ?? 0, phase("start") ?? 0];
  return {
    pickUp,
    build,
    plan,
    compile,
    link,
    check,
    start,
    rest: total - pickUp - build - check - start,
    live: total,
    knownAfter: total - sight.firstMs,
  };
}

/** What is neither the toolchain's nor the program's. */
export const ownShare = ({ live, build, plan, start }: Share): number =>
  live - (build - (plan ?? 0)) - start;

/** From the save to the start of the compiler; null where gust does not tell how long it planned. */
export const compilerStart = ({ pickUp, plan }: Pick<Share, "pickUp" | "plan">): number | null =>
  plan === null ? null : pickUp + plan;

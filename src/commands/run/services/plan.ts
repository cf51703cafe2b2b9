import type { Config, ProcessConfig, ServiceConfig } from "../../../config/config.ts";
import { nearest } from "../../../config/nearest.ts";
import type { Failure } from "../../../core/failure.ts";

/** One thing that runs: a program that gust builds, or a command. */
export type Member =
  | { readonly type: "service"; readonly service: ServiceConfig; readonly rank: number }
  | { readonly type: "process"; readonly process: ProcessConfig; readonly rank: number };

export const nameOf = (member: Member): string => configOf(member).name;

export const needsOf = (member: Member): readonly string[] => configOf(member).dependsOn;

function configOf(member: Member): ServiceConfig | ProcessConfig {
  return member.type === "service" ? member.service : member.process;
}

/**
 * Who runs: those named and all that they need; everything, where none is named. A member's rank is
 * greater than those of all that it needs; members come by rank, else in the order of the file.
 */
export function planMembers(
  { services, processes }: Pick<Config, "services" | "processes">,
  wanted: readonly string[],
): readonly Member[] | Failure {
  const all: readonly Member[] = [
    ...processes.map((process) => ({ type: "process" as const, process, rank: 0 })),
    ...services.map((service) => ({ type: "service" as const, service, rank: 0 })),
  ];
  const byName = new Map(all.map((member) => [nameOf(member), member]));
  const unknown = wanted.find((name) => !byName.has(name));
  if (unknown !== undefined) return noSuch(unknown, [...byName.keys()]);
  const ranks = new Map<string, number>();
  const visit = (name: string): number => {
    const known = ranks.get(name);
    if (known !== undefined) return known;
    const member = byName.get(name);
    const below = member === undefined ? [] : needsOf(member).map(visit);
    const rank = Math.max(-1, ...below) + 1;
    ranks.set(name, rank);
    return rank;
  };
  for (const name of wanted.length === 0 ? byName.keys() : wanted) visit(name);
  return all
    .flatMap((member) => {
      const rank = ranks.get(nameOf(member));
      return rank === undefined ? [] : [{ ...member, rank }];
    })
    .toSorted((a, b) => a.rank - b.rank);
}

function noSuch(name: string, names: readonly string[]): Failure {
  const near = nearest(name, names);
  return {
    code: "FLAG_INVALID",
    message: `there is no service ${JSON.stringify(name)}`,
    hint: near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`,
  };
}

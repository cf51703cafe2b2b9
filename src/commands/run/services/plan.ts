import type { Config, ProcessConfig, ServiceConfig } from "../../../config/config.ts";
import { nearest } from "../../../config/nearest.ts";
import type { Failure } from "../../../core/failure.ts";
import { plainPackage } from "../../paths.ts";

/** One thing that runs: a program that gust builds, or a command. */
export type Member =
  | { readonly type: "service"; readonly service: ServiceConfig; readonly rank: number }
  | { readonly type: "process"; readonly process: ProcessConfig; readonly rank: number };

export const nameOf = (member: Member): string => configOf(member).name;

/** 0: none is known. */
export const portOf = (member: Member): number => configOf(member).port;

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
  words: readonly string[],
): readonly Member[] | Failure {
  const all: readonly Member[] = [
    ...processes.map((process) => ({ type: "process" as const, process, rank: 0 })),
    ...services.map((service) => ({ type: "service" as const, service, rank: 0 })),
  ];
  const byName = new Map(all.map((member) => [nameOf(member), member]));
  const unknown = words.find((word) => namedBy(word, all).length === 0);
  if (unknown !== undefined) return noSuch(unknown, [...byName.keys()]);
  const wanted = words.flatMap((word) => namedBy(word, all));
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
  const members = all
    .flatMap((member) => {
      const rank = ranks.get(nameOf(member));
      return rank === undefined ? [] : [{ ...member, rank }];
    })
    .toSorted((a, b) => a.rank - b.rank);
  return samePort(members) ?? members;
}

/** A service is known by its name, and by its package as `go build` takes it. */
function namedBy(word: string, members: readonly Member[]): readonly string[] {
  const named = members.filter((member) => nameOf(member) === word);
  const packaged = members.filter(
    (member) =>
      member.type === "service" && isPath(word) && plainPackage(word) === packageOf(member),
  );
  return (named.length > 0 ? named : packaged).map(nameOf);
}

const isPath = (word: string): boolean => word.startsWith(".") || word.includes("/");

const packageOf = (member: Member): string =>
  member.type === "service" ? plainPackage(member.service.package) : "";

/** Two that run beside each other cannot both have it, and would blame each other's keeper. */
function samePort(members: readonly Member[]): Failure | null {
  for (const member of members) {
    const port = portOf(member);
    const first = members.find((other) => portOf(other) === port);
    if (port === 0 || first === undefined || first === member) continue;
    return {
      code: "CONFIG_INVALID",
      message: `${nameOf(first)} and ${nameOf(member)} both have port ${port}`,
      hint: "give each a port of its own, or name those that are to run: `gust run NAME`",
    };
  }
  return null;
}

function noSuch(name: string, names: readonly string[]): Failure {
  const near = nearest(name, names);
  return {
    code: "FLAG_INVALID",
    message: `there is no service ${JSON.stringify(name)}`,
    hint: near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`,
  };
}

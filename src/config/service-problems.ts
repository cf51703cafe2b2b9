import type { FileContent, KeyPath, Problem } from "./read.ts";
import { nearest } from "./nearest.ts";

/** What is wrong with services and processes beyond their single keys: names, and who needs whom. */
export function serviceProblems(tables: FileContent["rules"]): readonly Problem[] {
  const members = ["service", "process"].flatMap((section) =>
    (tables.get(section) ?? []).map((values, index): Member => {
      const name = values.get("name");
      const needs = values.get("depends_on");
      return {
        path: [section, index],
        name: typeof name === "string" ? name : "",
        needs: Array.isArray(needs) ? needs.map(String) : [],
      };
    }),
  );
  const named = members.filter(({ name }) => name !== "");
  return [
    ...members.flatMap((member) => namesOf(member, members)),
    ...members.flatMap((member) => needsOf(member, named)),
    ...circleOf(named),
  ];
}

interface Member {
  readonly path: KeyPath;
  readonly name: string;
  readonly needs: readonly string[];
}

function namesOf({ path, name }: Member, members: readonly Member[]): readonly Problem[] {
  const at = [...path, "name"];
  if (name === "") return [];
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    const hint = "letters, digits, `-`, `_` and `.`, beginning with a letter or digit";
    return [problem(at, `${JSON.stringify(name)} is no name of a ${String(path[0])}`, hint)];
  }
  const first = members.find((other) => other.name === name);
  if (first === undefined || first.path === path) return [];
  return [problem(at, `${name} is the name of another ${String(first.path[0])}`)];
}

function needsOf({ path, name, needs }: Member, members: readonly Member[]): readonly Problem[] {
  const names = members.map((member) => member.name);
  const at = [...path, "depends_on"];
  return needs.flatMap((need) => {
    if (need === name) return [problem(at, `${name} cannot depend on itself`)];
    if (names.includes(need)) return [];
    const near = nearest(need, names);
    const hint = near === null ? `there are ${names.join(", ")}` : `did you mean ${near}?`;
    return [problem(at, `there is no service or process ${JSON.stringify(need)}`, hint)];
  });
}

/** The first circle of dependencies, told at the first of its members. */
function circleOf(members: readonly Member[]): readonly Problem[] {
  for (const member of members) {
    const way = wayBack(member, members);
    if (way === null || way.length < 2) continue;
    const text = [...way, member.name].join(" → ");
    return [problem([...member.path, "depends_on"], `none of these could start first: ${text}`)];
  }
  return [];
}

/** How one comes from a member back to it, by depth-first search; null where one does not. */
function wayBack(from: Member, members: readonly Member[]): readonly string[] | null {
  const seen = new Set<string>();
  const search = (member: Member, way: readonly string[]): readonly string[] | null => {
    for (const need of member.needs) {
      if (need === from.name) return way;
      const next = members.find((one) => one.name === need);
      if (next === undefined || seen.has(need)) continue;
      seen.add(need);
      const found = search(next, [...way, need]);
      if (found !== null) return found;
    }
    return null;
  };
  return search(from, [from.name]);
}

function problem(path: KeyPath, message: string, hint?: string): Problem {
  return { path, type: "invalid", message, ...(hint === undefined ? {} : { hint }) };
}

import type { ModuleEdit } from "../../core/module-edits.ts";
import { harmless } from "./text.ts";

/** `+ github.com/x/y v1.2.0, z v1.0.0 → v1.1.0`, in a few words; checksums are only counted. */
export function moduleEditWords(edits: readonly ModuleEdit[]): readonly string[] {
  const telling = edits.filter(({ name }) => !name.startsWith("sum of "));
  const sums = edits.length - telling.length;
  const named = telling.slice(0, mostEdits).map(({ edit, name, from = "", to = "" }) => {
    if (edit === "changed") return harmless(from === to ? `~ ${name}` : `${name} ${from} → ${to}`);
    const value = edit === "added" ? to : from;
    return harmless(`${edit === "added" ? "+" : "−"} ${name}${value === "" ? "" : ` ${value}`}`);
  });
  const left = telling.length - named.length;
  return [
    ...named,
    ...(left > 0 ? [`+${left} more`] : []),
    ...(sums > 0 ? [`${sums} checksum${sums === 1 ? "" : "s"}`] : []),
  ];
}

const mostEdits = 3;

/** The flags of a build that mean the same to `go test`; what names or strips a binary does not. */
export function flagsForTests(flags: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const [, name = "", value] = /^--?([\w.]+)(=.*)?$/s.exec(flag) ?? [];
    if (!dropped.has(name)) kept.push(flag);
    else if (value === undefined && takesValue.has(name)) at += 1;
  }
  return kept;
}

const dropped = new Set([
  "o",
  "ldflags",
  "buildmode",
  "pgo",
  "cover",
  "covermode",
  "coverpkg",
  "json",
  "n",
  "x",
  "v",
  "a",
]);
const takesValue = new Set(["o", "ldflags", "buildmode", "pgo", "covermode", "coverpkg"]);

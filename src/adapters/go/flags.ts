/**
 * The flags of a `go build` that `go list` understands and that may change its answer. Dropped:
 * the output file, coverage, and JSON output.
 */
export function flagsForList(flags: readonly string[]): readonly string[] {
  return withoutFlags(flags, ["o", "json", "cover", "covermode", "coverpkg", "v", "x", "n", "a"]);
}

/** The flags for gust's own `go build`, which chooses the output file and reads plain text. */
export function flagsForBuild(flags: readonly string[]): readonly string[] {
  return withoutFlags(flags, ["o", "json"]);
}

function withoutFlags(flags: readonly string[], dropped: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < flags.length; at += 1) {
    const flag = flags[at] ?? "";
    const match = /^--?([\w.]+)(=.*)?$/s.exec(flag);
    const name = match?.[1] ?? "";
    if (match === null || !dropped.includes(name)) kept.push(flag);
    // `-o file` has its value in the next argument.
    else if (match[2] === undefined && takesValue.has(name)) at += 1;
  }
  return kept;
}

const takesValue = new Set(["o", "covermode", "coverpkg"]);

/** Variables for the go command: what is not in the module cache is missing. */
export const withoutNetwork = { GOPROXY: "off", GONOPROXY: "none", GOVCS: "*:off" };

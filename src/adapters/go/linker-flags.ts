/** Of several `-ldflags` the last one wins, so that ours goes into that one. */
export function withLinkerFlag(flags: readonly string[], added: string): readonly string[] {
  const at = flags.findLastIndex((flag) => /^--?ldflags(?:=|$)/.test(flag));
  if (at < 0) return [...flags, `-ldflags=${added}`];
  const inline = flags[at]?.includes("=") === true;
  const target = inline ? at : at + 1;
  return flags.map((flag, index) => (index === target ? `${flag} ${added}`.trimEnd() : flag));
}

/** The same in every `-ldflags` of a shell line. */
export function withLinkerFlagInText(line: string, added: string): string {
  const option = /(?<=^|\s)(--?ldflags(?:=|\s+))("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|"']+)/g;
  return line.replace(option, (_, name: string, value: string) => {
    const quote = value.startsWith("'") ? "'" : '"';
    const text = /^["']/.test(value) ? value.slice(1, -1) : value;
    return `${name}${quote}${`${text} ${added}`.trim()}${quote}`;
  });
}

/** The value of a flag in GOFLAGS, or null. Entries are separated by spaces and may be quoted. */
export function goflagValue(goflags: string, name: string): string | null {
  const entry = goflagEntries(goflags).findLast((one) => entryName(one) === name);
  return entry === undefined ? null : entry.slice(entry.indexOf("=") + 1);
}

/** GOFLAGS with an addition to the value of one flag. */
export function withGoflag(goflags: string, name: string, added: string): string {
  const before = goflagValue(goflags, name);
  const others = goflagEntries(goflags).filter((one) => entryName(one) !== name);
  const entry = `-${name}=${before === null || before === "" ? added : `${before} ${added}`}`;
  return [...others, entry].map((one) => (/\s/.test(one) ? `'${one}'` : one)).join(" ");
}

/** The single flags in GOFLAGS, without their quotes. */
export function goflagEntries(goflags: string): readonly string[] {
  const entries = goflags.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return entries.map((one) => (/^(['"]).*\1$/s.test(one) ? one.slice(1, -1) : one));
}

const entryName = (entry: string): string => /^--?([^=]+)/.exec(entry)?.[1] ?? "";

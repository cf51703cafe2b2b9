/** The hooks of git that gust writes. */
export const hookNames = ["post-checkout", "pre-push"] as const;
export type HookName = (typeof hookNames)[number];

const begin = "# >>> gust: `gust hooks remove` takes out everything down to the end of this block";
const end = "# <<< gust";

export interface HookPlace {
  /** What starts gust: executable and arguments. */
  readonly command: readonly string[];
  /** Where gust works, relative to the top of the work tree, with `/`; "" there. */
  readonly dir: string;
}

/**
 * The text of a hook with gust's block in it. `before` is what the file holds now; null: there is none.
 * Null when the hook is somebody else's: it is left as it is.
 */
export function withHook(name: HookName, before: string | null, place: HookPlace): string | null {
  const block = [begin, ...common(place), ...bodies[name], end].join("\n");
  if (before === null || before.trim() === "") return `#!/bin/sh\n${block}\n`;
  const parts = split(before);
  return parts === null ? null : `${parts.head}${block}\n${parts.tail}`;
}

/** The same without it; "" when nothing else is left, and null when the block is not there. */
export function withoutHook(before: string): string | null {
  const parts = split(before);
  if (parts === null) return null;
  const rest = parts.head + parts.tail;
  return /^(?:#!\/bin\/sh)?\s*$/.test(rest) ? "" : rest;
}

function split(text: string): { readonly head: string; readonly tail: string } | null {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) return null;
  return { head: text.slice(0, from), tail: text.slice(to + end.length).replace(/^\n/, "") };
}

/**
 * git sets variables for a hook that name its own directory, which is another one for each work tree:
 * git is to find it anew.
 */
function common({ command, dir }: HookPlace): readonly string[] {
  const [program = "", ...rest] = command;
  const recorded = [program, ...rest].map(quote).join(" ");
  const script = rest[0] ?? program;
  return [
    "gust_test() {",
    `  if [ -e ${quote(script)} ]; then ${recorded} test "$@"`,
    '  elif command -v gust >/dev/null 2>&1; then gust test "$@"',
    '  else echo "gust is not where it was: no tests ran; \\`gust hooks install\\` again" >&2',
    "  fi",
    "}",
    "gust_top=$(git rev-parse --show-toplevel) || exit 0",
    `gust_dir="$gust_top"${dir === "" ? "" : quote(`/${dir}`)}`,
    '[ -d "$gust_dir" ] || exit 0',
  ];
}

const away = 'cd "$gust_dir" && unset $(git rev-parse --local-env-vars)';
const none = "'^0*$'";

const bodies: Readonly<Record<HookName, readonly string[]>> = {
  // Nothing can be undone any more, so that a failure does not make the checkout one.
  "post-checkout": [
    "gust_rebase=$(git rev-parse --git-path rebase-merge)",
    `if [ "$3" = 1 ] && [ "$1" != "$2" ] && [ ! -d "$gust_rebase" ] && ! echo "$1" | grep -q ${none}; then`,
    `  (${away} && gust_test --changed="$1") || true`,
    "fi",
  ],
  "pre-push": [
    "while read -r gust_ref gust_local gust_remote gust_known; do",
    `  if echo "$gust_local" | grep -q ${none}; then continue; fi`,
    `  if echo "$gust_known" | grep -q ${none}; then`,
    "    # A new branch: what it has that no branch over there has.",
    '    gust_known=$(git rev-list --boundary "$gust_local" --not --remotes="$1" | sed -n "s/^-//p" | tail -n 1)',
    "  fi",
    '  if [ -n "$gust_known" ] && git cat-file -e "$gust_known^{commit}" 2>/dev/null; then',
    `    (${away} && gust_test --changed="$gust_known" </dev/null) || exit 1`,
    "  else",
    `    (${away} && gust_test </dev/null) || exit 1`,
    "  fi",
    "done",
  ],
};

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

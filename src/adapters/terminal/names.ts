import type { Cause, CauseFile } from "../../core/notice.ts";
import type { DeclarationEdit } from "../../core/go-meaning.ts";
import type { Address } from "../../core/version.ts";
import { moduleEditWords } from "./module-edit-words.ts";
import { harmless } from "./text.ts";

/** A path as a line shows it: relative to the root inside of it, as it is elsewhere. */
export function fileName(path: string, root: string): string {
  for (const separator of ["/", "\\"]) {
    const prefix = root.endsWith(separator) ? root : `${root}${separator}`;
    if (path.startsWith(prefix)) return harmless(path.slice(prefix.length));
  }
  return harmless(path);
}

/** What changed, in few words: `main.go, store.go removed +3`; empty for a first build. */
export function causeWords(cause: Cause, root: string): string {
  switch (cause.type) {
    case "first":
      return "";
    case "files":
      return filesWords(cause.files, cause.count, root);
    case "request":
      return `asked for by ${cause.fix === true ? FIX_ORIGINS[cause.origin] : ORIGINS[cause.origin]}`;
    case "crash":
      return "after a crash";
  }
}

/** `http://127.0.0.1:8080` to click on; a wildcard address is shown as localhost. */
export function addressWords(address: Address): string {
  if (address.network !== "tcp") return `${address.network} ${harmless(address.address)}`;
  const port = address.address.slice(address.address.lastIndexOf(":") + 1);
  const host = address.address.slice(0, Math.max(0, address.address.lastIndexOf(":")));
  return `http://${WILDCARDS.has(host) ? "localhost" : harmless(host)}:${harmless(port)}`;
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

const ORIGINS = {
  key: "key",
  signal: "signal",
  control: "gust swap",
  browser: "the dashboard",
} as const;
const FIX_ORIGINS = { ...ORIGINS, control: "gust fix" } as const;
const WILDCARDS = new Set(["", "*", "0.0.0.0", "::", "[::]"]);
const MOST_FILES = 3;

/** `~ (*API).Create + parseLimit − oldHelper`, in a few words. */
function editWords(edits: readonly DeclarationEdit[], root: string): readonly string[] {
  const named = edits.slice(0, MOST_EDITS).map(({ edit, name, from = "" }) => {
    if (edit === "renamed") return `${harmless(from)} → ${harmless(name)}`;
    if (edit === "moved") return `${harmless(name)} ← ${fileName(from, root)}`;
    return `${{ changed: "~", added: "+", removed: "−" }[edit]} ${harmless(name)}`;
  });
  const more = edits.length - named.length;
  return more > 0 ? [...named, `+${more}`] : named;
}

const MOST_EDITS = 3;

function filesWords(files: readonly CauseFile[], count: number, root: string): string {
  const named = files.slice(0, MOST_FILES).map((file) => {
    const name = fileName(file.path, root);
    if (file.change === "removed") return `${name} removed`;
    if (file.moduleEdits !== undefined && file.moduleEdits.length > 0) {
      return `${name}: ${moduleEditWords(file.moduleEdits).join(", ")}`;
    }
    const what = file.change === "created" ? [name, "new"] : [name];
    return [...what, ...editWords(file.edits ?? [], root)].join(" ");
  });
  const more = count - named.length;
  return `${named.join(", ")}${more > 0 ? ` +${more}` : ""}`;
}

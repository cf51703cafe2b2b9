import type { Notice } from "../../core/notice.ts";
import { duration } from "./duration.ts";
import { failurePosition } from "./failure-words.ts";
import { fileName } from "./names.ts";
import { harmless } from "./text.ts";

/** What a hook or a notification says: plain text of one line each, without control characters. */
export interface Notification {
  readonly title: string;
  readonly body: string;
}

/** Null for a notice that nobody is called for. */
export function notificationWords(
  notice: Notice,
  { name, root }: { readonly name: string; readonly root: string },
): Notification | null {
  const told = (what: string, body: string): Notification => ({
    title: `${harmless(name)}: ${what}`,
    body: harmless(body),
  });
  if (notice.type === "live") {
    return told(`#${notice.generation} is live`, `in ${duration(notice.totalMs)}`);
  }
  if (notice.type === "rolled-back") {
    return told(`#${notice.to} serves again`, `#${notice.from} is taken back`);
  }
  if (notice.type !== "failed" && notice.type !== "crashed") return null;
  const what = notice.type === "failed" ? "is not live" : "has crashed";
  const at = failurePosition(notice.failure);
  const place = at === null ? "" : `${fileName(at.file, root)}:${at.line}: `;
  // What the compiler says of the first mistake tells more than that there is one.
  const diagnostics = notice.failure.diagnostics ?? [];
  const first = diagnostics.find(({ own }) => own) ?? diagnostics[0];
  return told(
    `#${notice.generation} ${what}`,
    `${place}${first?.message ?? notice.failure.message}`,
  );
}

/**
 * The escape sequence that lets a terminal notify: OSC 9, which has one text, where the terminal is
 * known for it, else OSC 777 with a title.
 */
export function terminalNotification(
  { title, body }: Notification,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const one = [env["TERM_PROGRAM"] ?? "", env["TERM"] ?? ""].some((name) => OSC9.test(name));
  if (one) return `\u{1b}]9;${title}: ${body}\u{7}`;
  // A semicolon ends the title.
  return `\u{1b}]777;notify;${title.replaceAll(";", ",")};${body}\u{7}`;
}

const OSC9 = /^(?:iTerm\.app|WezTerm|ghostty|xterm-ghostty|xterm-kitty)$/i;

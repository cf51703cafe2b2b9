import type { BuildDiff, DashboardAction, PackageGraph } from "../../core/dashboard.ts";
import type { Failure } from "../../core/failure.ts";
import { plainText } from "./ansi.ts";
import { said } from "./store.ts";
import { tokenHeaders } from "./token.ts";
import { baseName, sentence } from "./words.ts";

/** Does something, and tells the user what came of it. True when gust has taken it on. */
export async function act(action: DashboardAction, done: string): Promise<boolean> {
  try {
    const response = await fetch("api/action", {
      method: "POST",
      headers: { ...tokenHeaders(), "content-type": "application/json" },
      body: JSON.stringify(action),
    });
    said.value = response.ok
      ? { tone: "good", text: done }
      : { tone: "bad", text: await failureText(response) };
    return response.ok;
  } catch {
    said.value = { tone: "bad", text: "gust does not answer; nothing was done." };
    return false;
  }
}

/** Opens a place in the editor. */
export function openPlace({ file, line, column = 0 }: Place): void {
  const name = plainText(baseName(file));
  void act({ type: "open", file, line, column }, `Opened ${name}:${line} in your editor.`);
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** An answer, or why there is none. */
export type Asked<T> =
  | { readonly state: "asking" }
  | { readonly state: "here"; readonly data: T }
  | { readonly state: "failed"; readonly why: string };

export function askGraph(service: string): Promise<Asked<PackageGraph>> {
  return ask(`api/graph?${new URLSearchParams({ service }).toString()}`);
}

export function askDiff(service: string, from: number, to: number): Promise<Asked<BuildDiff>> {
  const query = new URLSearchParams({ service, from: String(from), to: String(to) });
  return ask(`api/diff?${query.toString()}`);
}

async function ask<T>(path: string): Promise<Asked<T>> {
  try {
    const response = await fetch(path, { headers: tokenHeaders(), cache: "no-store" });
    if (!response.ok) return { state: "failed", why: await failureText(response) };
    return { state: "here", data: (await response.json()) as T };
  } catch {
    return { state: "failed", why: "gust does not answer." };
  }
}

async function failureText(response: Response): Promise<string> {
  const unknown = `gust answers ${response.status}.`;
  try {
    const { message, hint } = (await response.json()) as Partial<Failure>;
    if (message === undefined) return unknown;
    const parts = hint === undefined ? [message] : [message, hint];
    return parts.map((part) => `${sentence(plainText(part))}.`).join(" ");
  } catch {
    return unknown;
  }
}

import { type Signal, effect, signal } from "@preact/signals";
import { tabs } from "./route.ts";
import { following, go, services, board } from "./store.ts";
import { nextTheme } from "./theme.ts";

/** Keys and what they do, as the list of shortcuts shows them. */
export const shortcuts: readonly (readonly [keys: string, meaning: string])[] = [
  ["1 … 6", "Overview, Logs, Tests, Packages, Builds, gust"],
  ["[ and ]", "Service before and after this one"],
  ["/", "Search the logs"],
  ["f", "Follow the logs, or stop following"],
  ["t", "Theme: as the system, light, dark"],
  ["?", "This list"],
  ["← →", "Tabs and saves, when one of them has the focus"],
];

/** Whether the list of shortcuts is open. */
export const shortcutsOpen: Signal<boolean> = signal(false);
const key = "gust-shortcuts";
/** Whoever speaks to the computer turns them off: a word is many letters. */
export const shortcutsOn: Signal<boolean> = signal(localStorage.getItem(key) !== "off");

/** Listens for shortcuts. */
export function listenForKeys(): void {
  effect(() => localStorage.setItem(key, shortcutsOn.value ? "on" : "off"));
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!shortcutsOn.value || isTyping(event.target) || document.querySelector("dialog[open]")) {
      return;
    }
    if (doKey(event.key)) event.preventDefault();
  });
}

function doKey(name: string): boolean {
  const tab = /^[1-9]$/.test(name) ? tabs[Number(name) - 1] : undefined;
  if (tab !== undefined) go({ tab });
  else if (name === "[" || name === "]") goBeside(name === "]" ? 1 : -1);
  else if (name === "/") searchLogs();
  else if (name === "f") following.value = !following.value;
  else if (name === "t") nextTheme();
  else if (name === "?") shortcutsOpen.value = true;
  else return false;
  return true;
}

function goBeside(step: number): void {
  const all = services.value;
  const at = all.findIndex(({ name }) => name === board.value?.name);
  const next = all[(at + step + all.length) % all.length];
  if (next !== undefined) go({ service: next.name });
}

function searchLogs(): void {
  go({ tab: "logs" });
  // The panel is drawn in the next moment.
  requestAnimationFrame(() => document.querySelector<HTMLElement>("#log-search")?.focus());
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

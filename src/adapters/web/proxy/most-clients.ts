import { readFileSync } from "node:fs";

/** gust builds, watches and starts programs with these. */
const KEPT_FOR_GUST = 512;

/** As systems have it that do not say: macOS. */
const USUAL = 10_240;

/**
 * How many clients may be connected at a time, so that enough descriptors are left for gust itself. Each
 * has two: its own connection and that to the program. At least one.
 */
export function mostClients(): number {
  return clientsFor(process.platform === "linux" ? limitsOfThis() : "");
}

/** `limits` is what Linux says in /proc/self/limits. */
export function clientsFor(limits: string): number {
  const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(limits) ?? [];
  const files = soft === undefined ? USUAL : soft === "unlimited" ? Infinity : Number(soft);
  return Math.min(MOST, Math.max(1, Math.floor((files - KEPT_FOR_GUST) / 2)));
}

/** Each costs memory, too. */
const MOST = 100_000;

function limitsOfThis(): string {
  try {
    return readFileSync("/proc/self/limits", "utf8");
  } catch {
    return "";
  }
}

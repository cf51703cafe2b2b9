/*
 * What is kept in the tab's sessionStorage: for the next page load only, or until the tab is closed.
 * Where there is none (blocked, a sandbox), nothing is kept.
 */

const PREFIX = "gust:";

/** Keeps a value, or forgets it (null). False: nothing can be kept. */
export function keep(
  name: "loads" | "closed" | "badge" | "console" | "form",
  value: unknown,
): boolean {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + name);
    else sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** Null where nothing is kept, or what is kept was not ours. */
export function kept(name: Parameters<typeof keep>[0]): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null");
  } catch {
    return null;
  }
}

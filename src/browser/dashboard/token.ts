import { tokenOf } from "./route.ts";

/*
 * The token comes in the fragment of the address, which no server sees and no Referer tells, and is
 * taken out of it at once, so that nobody copies it with the address.
 */

const key = "gust-token";

/** Keeps the token that the address brings. */
export function keepToken(): void {
  const { token, rest } = tokenOf(location.hash);
  if (token === null) return;
  sessionStorage.setItem(key, token);
  history.replaceState(null, "", `${location.pathname}${location.search}${rest}`);
}

/** The header that every request carries. */
export function tokenHeaders(): Record<string, string> {
  const token = sessionStorage.getItem(key);
  return token === null ? {} : { "x-gust-token": token };
}

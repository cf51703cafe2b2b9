import { gustUrl } from "./told.ts";

/** The page's own scripts may put theirs in its place, and look at what goes through. */
const ask = window.fetch.bind(window);

/** Sends something to gust that acts. */
export function post(path: string, token: string, value: unknown): Promise<Response> {
  return ask(gustUrl(path), {
    method: "POST",
    // What a page says while it goes arrives all the same.
    keepalive: true,
    headers: { "content-type": "application/json", "x-gust-token": token },
    body: JSON.stringify(value),
  });
}

/*
 * A browser has six connections to one origin, and each page that follows the news takes one: the
 * seventh page could not even be loaded. Of the pages that nobody sees, two follow, so that the titles
 * of their tabs tell how it is; others rest until they are seen.
 */

const places = ["gust-hidden-1", "gust-hidden-2"];

let leave: (() => void) | null = null;
let asked: Promise<boolean> = Promise.resolve(true);

/** Whether this page may follow; one that may not asks again when it is seen. */
export function takePlace(): Promise<boolean> {
  // One after the other, so that no page has two.
  asked = asked.then(take);
  return asked;
}

/** Waits until somebody sees the page. */
export function seen(): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (document.visibilityState === "hidden") return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}

async function take(): Promise<boolean> {
  if (document.visibilityState !== "hidden") {
    leave?.();
    leave = null;
    return true;
  }
  // Old browsers have none; nor has a page that came over another machine.
  if (leave !== null || !("locks" in navigator)) return true;
  for (const place of places) if (await hold(place)) return true;
  return false;
}

function hold(place: string): Promise<boolean> {
  return new Promise((resolve) => {
    void navigator.locks.request(place, { ifAvailable: true }, (lock) => {
      if (lock === null) return resolve(false);
      return new Promise<void>((free) => {
        leave = free;
        resolve(true);
      });
    });
  });
}

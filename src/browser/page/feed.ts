import type { Told } from "./told.ts";

const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 5000;

/** Hears what gust tells, and comes again whenever the connection ends. Gives a way to stop. */
export function openFeed(url: string, tell: (told: Told) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = FIRST_PAUSE_MS;
  const open = (): void => {
    const opened = new EventSource(url);
    source = opened;
    for (const type of ["hello", "state", "live", "assets"] as const) {
      opened.addEventListener(type, ({ data }) => {
        pause = FIRST_PAUSE_MS;
        const told = parse(type, data);
        if (told !== null) tell(told);
      });
    }
    opened.addEventListener("error", () => {
      tell({ type: "lost" });
      // An answer that is no stream ends it for good; a connection that breaks does not.
      if (opened.readyState !== EventSource.CLOSED || source !== opened) return;
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, LAST_PAUSE_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
}

/** What another version of gust sends may be something else. */
function parse(type: "hello" | "state" | "live" | "assets", data: unknown): Told | null {
  try {
    const value = JSON.parse(String(data));
    switch (type) {
      case "hello":
        return { type, hello: value };
      case "state":
        return { type, state: value };
      case "live":
        return { type, live: value };
      case "assets":
        return { type, assets: value };
    }
  } catch {
    return null;
  }
}

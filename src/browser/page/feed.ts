import { type Told, gustUrl } from "./told.ts";

const PAUSE_MS = 1000;

/** Hears what gust tells, and comes again whenever the connection ends. Gives a way to stop. */
export function openFeed(tell: (told: Told) => void): () => void {
  let source = new EventSource(gustUrl("events"));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listen = (): void => {
    for (const type of ["hello", "state", "live", "assets"] as const) {
      source.addEventListener(type, ({ data }) => {
        const told = parse(type, data);
        if (told !== null) tell(told);
      });
    }
    source.addEventListener("error", () => {
      tell({ type: "lost" });
      // An answer that is no stream ends it for good; a connection that breaks does not.
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(() => {
        source = new EventSource(source.url);
        listen();
      }, PAUSE_MS);
    });
  };
  listen();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** What is no JSON comes from something that is not gust. */
function parse(type: "hello" | "state" | "live" | "assets", data: string): Told | null {
  try {
    const told: Told = JSON.parse(`{"type":"${type}","${type}":${data}}`);
    return told;
  } catch {
    return null;
  }
}

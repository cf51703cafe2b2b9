import { ask } from "./gust.ts";

export interface FreshLoad {
  /** The least number that requests from now on may be answered with. */
  live(number: number): void;
  /** Resolves when so many more requests were answered. */
  more(count: number): Promise<void>;
  stop(): Promise<{ readonly failures: readonly string[]; readonly stale: readonly string[] }>;
}

const clients = 4;
const failuresMax = 20;

/** Asks with a new connection each time, until it is stopped; answers are numbers that grow. */
export function startFreshLoad(port: number): FreshLoad {
  const failures: string[] = [];
  const stale: string[] = [];
  let least = 0;
  let answers = 0;
  const over = new AbortController();
  let waiting: (() => void)[] = [];
  const one = async (path: string): Promise<void> => {
    while (!over.signal.aborted && failures.length < failuresMax) {
      const wanted = least;
      try {
        const { status, body } = await ask(path, port);
        if (status !== 200) failures.push(`status ${status}`);
        else if (Number(body) < wanted) stale.push(`${body}, though ${wanted} was live`);
      } catch (error) {
        failures.push(String(error));
      }
      answers += 1;
      for (const look of waiting) look();
    }
  };
  const loops = Array.from({ length: clients }, (_, index) => one(index === 0 ? "/slow" : "/"));
  return {
    live: (number) => {
      least = number;
    },
    more: (count) =>
      new Promise((done) => {
        const goal = answers + count;
        const look = (): void => {
          if (answers < goal && failures.length < failuresMax) return;
          waiting = waiting.filter((other) => other !== look);
          done();
        };
        waiting.push(look);
      }),
    stop: async () => {
      over.abort();
      await Promise.all(loops);
      return { failures, stale };
    },
  };
}

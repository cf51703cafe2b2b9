/** A page load of ours: of which page, why (a key of decide.ts), and when. */
export interface Load {
  readonly url: string;
  readonly key: string;
  readonly at: number;
}

const MOST = 40;
const LOOP_MS = 10_000;
const LOOP_LOADS = 6;

/** What was kept; nothing else of the page's has that name. */
export function readLoads(value: unknown): readonly Load[] {
  return Array.isArray(value) ? value : [];
}

export function withLoad(loads: readonly Load[], load: Load): readonly Load[] {
  return [...loads, load].slice(-MOST);
}

/** Keys for which this page was loaded already. */
export function triedFor(loads: readonly Load[], url: string): readonly string[] {
  return loads.filter((load) => load.url === url).map(({ key }) => key);
}

/** Nobody saves that often: the page's own loads are what changes the files. */
export function isLooping(loads: readonly Load[], url: string, now: number): boolean {
  return loads.filter((load) => load.url === url && now - load.at < LOOP_MS).length >= LOOP_LOADS;
}

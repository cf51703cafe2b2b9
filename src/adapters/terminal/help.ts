import { styles } from "./style.ts";
import { flow } from "./text.ts";

/** The keys, as many to a line as fit. */
export function helpWords(
  colors: boolean,
  columns: number | null,
  services: readonly string[] = [],
): readonly string[] {
  const style = styles(colors);
  const keys = [...KEYS, ...serviceKeys(services)].map(
    ([key, meaning]) => `${style.bold(key)} ${style.dim(meaning)}`,
  );
  return flow(keys, columns ?? 100);
}

const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ["r", "rebuild and restart"],
  ["b", "back to the version before"],
  ["g", "run the go command that a failure names"],
  ["p", "pause or go on"],
  ["c", "clear"],
  ["l", "last error"],
  ["e", "open it in the editor"],
  ["t", "run the failed tests again"],
  ["a", "run all tests"],
  ["d", "debug the failed test"],
  ["u", "dashboard in the browser"],
  ["v", "say more or less"],
  ["i", "type to the program, until Ctrl-]"],
  ["?", "this help"],
  ["q", "quit"],
];

function serviceKeys(names: readonly string[]): typeof KEYS {
  if (names.length === 0) return [];
  return [
    ...names.slice(0, 9).map((name, index) => [String(index + 1), `only ${name}`] as const),
    ["0", "all services"],
    ["Tab", "the next one"],
    ["m", "its output or not"],
  ];
}

export interface Difference {
  readonly want: string;
  readonly got: string;
}

/**
 * What was wanted and what came instead, where a test says it in one of the usual ways: `got 1, want
 * 2`, `f() = 1; want 2`, testify's `expected:` and `actual:`, and the `got:` and `want:` of an example.
 */
export function differenceIn(output: string): Difference | null {
  for (const read of [ofExample, ofTestify, ofOneLine, ofTwoLines]) {
    const found = read(output);
    if (found !== null && found.want !== found.got) return found;
  }
  return null;
}

function ofExample(output: string): Difference | null {
  const found = /^got:\n([\s\S]*?)\nwant:\n([\s\S]*?)(?:\n(?:---|===|FAIL|PASS|exit).*)?\s*$/m.exec(
    output,
  );
  return found === null ? null : pair(found[2], found[1]);
}

function ofTestify(output: string): Difference | null {
  const want = /^\s*(?:Error:\s+.*\n\s*)?expected\s*: ?(.*)$/im.exec(output);
  const got = /^\s*(?:actual|but was)\s*: ?(.*)$/im.exec(output);
  return want === null || got === null ? null : pair(want[1], got[1]);
}

function ofOneLine(output: string): Difference | null {
  for (const line of output.split("\n")) {
    const text = line.replace(/^\s*[^\s:][^\n:]*\.go:\d+:\s?/, "").trim();
    for (const [pattern, wantFirst] of oneLine) {
      const found = pattern.exec(text);
      if (found === null) continue;
      return wantFirst ? pair(found[1], found[2]) : pair(found[2], found[1]);
    }
  }
  return null;
}

const wanted = "(?:want(?:ed)?|expected|exp)";
const gotten = "(?:got|actual|have|received)";
const gap = "[:=]?\\s*";

const oneLine: readonly (readonly [pattern: RegExp, wantFirst: boolean])[] = [
  [
    new RegExp(
      `\\b${gotten}\\b${gap}(.+?)[,;]?\\s+(?:but\\s+)?\\(?${wanted}\\b${gap}(.+?)\\)?$`,
      "i",
    ),
    false,
  ],
  [
    new RegExp(
      `\\b${wanted}\\b${gap}(.+?)[,;]?\\s+(?:but\\s+)?\\(?${gotten}\\b${gap}(.+?)\\)?$`,
      "i",
    ),
    true,
  ],
  [new RegExp(`\\s==?\\s(.+?)[,;]\\s+${wanted}\\b${gap}(.+)$`, "i"), false],
];

function ofTwoLines(output: string): Difference | null {
  const got = new RegExp(`^.*?\\b${gotten}\\s*[:=]\\s*(.+)$`, "im").exec(output);
  const want = new RegExp(`^.*?\\b${wanted}\\s*[:=]\\s*(.+)$`, "im").exec(output);
  return got === null || want === null ? null : pair(want[1], got[1]);
}

const pair = (want: string | undefined, got: string | undefined): Difference => ({
  want: (want ?? "").trimEnd(),
  got: (got ?? "").trimEnd(),
});

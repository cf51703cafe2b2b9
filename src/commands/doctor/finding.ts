/** One line of `gust doctor`. */
export interface Finding {
  readonly name: string;
  /** `advice`: gust works, and could work better; `problem`: something does not work. */
  readonly verdict: Verdict;
  readonly seen: string;
  readonly hint: string | null;
  /** What `--verbose` adds, one line each. */
  readonly details: readonly string[];
}

export type Verdict = "ok" | "advice" | "problem";

export function ok(name: string, seen: string, details: readonly string[] = []): Finding {
  return { name, verdict: "ok", seen, hint: null, details };
}

export function advice(name: string, seen: string, hint: string | null): Finding {
  return { name, verdict: "advice", seen, hint, details: [] };
}

export function problem(name: string, seen: string, hint: string | null): Finding {
  return { name, verdict: "problem", seen, hint, details: [] };
}

/** The findings as lines for a person, and how many of them matter. */
export function findingsText(findings: readonly Finding[], verbose: boolean): string {
  const lines = findings.flatMap((finding) => [
    `${finding.verdict.padEnd(9)}${finding.name.padEnd(9)}${finding.seen}`,
    ...(finding.hint === null ? [] : [`${INDENT}hint: ${finding.hint}`]),
    ...(verbose ? finding.details.map((detail) => INDENT + detail) : []),
  ]);
  return `${[...lines, summary(findings)].join("\n")}\n`;
}

/** The findings for programs: one object a line, and a last one with the counts. */
export function findingsJson(findings: readonly Finding[]): string {
  const checks = findings.map((finding) => ({ v: 1, type: "check", ...finding }));
  const { problems, advices } = counts(findings);
  const last = { v: 1, type: "doctor", problems, advice: advices };
  return [...checks, last].map((one) => `${JSON.stringify(one)}\n`).join("");
}

export function counts(findings: readonly Finding[]): { problems: number; advices: number } {
  return {
    problems: findings.filter(({ verdict }) => verdict === "problem").length,
    advices: findings.filter(({ verdict }) => verdict === "advice").length,
  };
}

const INDENT = " ".repeat(18);

function summary(findings: readonly Finding[]): string {
  const { problems, advices } = counts(findings);
  const found =
    problems === 0 ? "no problems" : problems === 1 ? "1 problem" : `${problems} problems`;
  return advices === 0 ? found : `${found}, ${advices} to think about`;
}

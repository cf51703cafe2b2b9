import type { BuildOutcome, Exit, Happening, ModulesOutcome } from "./event.ts";
import type { Failure } from "./failure.ts";
import type { RecordOutcome, TestOutcome, TestReport } from "./test-report.ts";

/** Takes secrets out of a text: those that are known, and by itself what looks like one as well. */
export type Mask = (text: string, only?: "known") => string;

/** What has happened, with every text from outside masked before anybody keeps or shows it. */
export function maskedHappening(happening: Happening, mask: Mask): Happening {
  const { type } = happening;
  if (type === "process-failed" || type === "graph-failed" || type === "config-rejected") {
    return { ...happening, failure: maskedFailure(happening.failure, mask) };
  }
  if (type === "process-exited") return { ...happening, exit: maskedExit(happening.exit, mask) };
  if (type === "build-finished") {
    return { ...happening, outcome: maskedOutcome(happening.outcome, mask) };
  }
  if (type === "rule-finished" && happening.outcome.type === "failed") {
    const failure = maskedFailure(happening.outcome.failure, mask);
    return { ...happening, outcome: { type: "failed", failure } };
  }
  if (type === "modules-finished") {
    return { ...happening, outcome: maskedModules(happening.outcome, mask) };
  }
  if (type === "tests-finished") {
    return { ...happening, outcome: maskedTests(happening.outcome, mask) };
  }
  if (type === "tests-recorded") {
    return { ...happening, outcome: maskedRecord(happening.outcome, mask) };
  }
  if (type === "process-told") {
    const { told } = happening;
    return { ...happening, told: { ...told, status: told.status && mask(told.status) } };
  }
  return happening;
}

function maskedExit(exit: Exit, mask: Mask): Exit {
  const { tail, failure, conflict } = exit;
  return {
    ...exit,
    tail: mask(tail),
    failure: failure && maskedFailure(failure, mask),
    conflict: conflict && mask(conflict),
  };
}

function maskedOutcome(outcome: BuildOutcome, mask: Mask): BuildOutcome {
  if (outcome.type === "failed") {
    return { ...outcome, failure: maskedFailure(outcome.failure, mask) };
  }
  if (outcome.type === "cancelled") return outcome;
  return { ...outcome, warnings: outcome.warnings.map((one) => maskedFailure(one, mask)) };
}

function maskedModules(outcome: ModulesOutcome, mask: Mask): ModulesOutcome {
  if (outcome.type === "done") return { ...outcome, said: outcome.said.map((one) => mask(one)) };
  if (outcome.type !== "failed") return outcome;
  return { ...outcome, failure: maskedFailure(outcome.failure, mask) };
}

function maskedTests(outcome: TestOutcome, mask: Mask): TestOutcome {
  if (outcome.type === "cancelled") return outcome;
  if (outcome.type === "finished") {
    return { ...outcome, report: maskedReport(outcome.report, mask) };
  }
  return { ...outcome, failure: maskedFailure(outcome.failure, mask) };
}

function maskedRecord(outcome: RecordOutcome, mask: Mask): RecordOutcome {
  if (outcome.type !== "impossible") return outcome;
  return { ...outcome, failure: maskedFailure(outcome.failure, mask) };
}

/**
 * What tests say of `token: X` is what they are about, and where it differs the reason of a failure:
 * only what is known to be a secret is taken out.
 */
export function maskedReport(report: TestReport, mask: Mask): TestReport {
  const known = (text: string): string => mask(text, "known");
  const results = report.results.map((one) => {
    if (one.failure === null) return one;
    const { message, difference, output } = one.failure;
    const { want, got } = difference ?? { want: "", got: "" };
    const failure = {
      ...one.failure,
      message: known(message),
      difference: difference && { want: known(want), got: known(got) },
      output: known(output),
    };
    return { ...one, failure };
  });
  const broken = report.broken.map((one) => ({ ...one, output: known(one.output) }));
  return { ...report, results, broken };
}

export function maskedFailure(failure: Failure, mask: Mask): Failure {
  const { message, seen, hint, diagnostics, crash } = failure;
  return {
    ...failure,
    message: mask(message),
    ...(seen === undefined ? {} : { seen: mask(seen) }),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(diagnostics === undefined
      ? {}
      : { diagnostics: diagnostics.map((one) => ({ ...one, message: mask(one.message) })) }),
    ...(crash === undefined ? {} : { crash: { ...crash, message: mask(crash.message) } }),
  };
}

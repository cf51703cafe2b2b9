import type { BuildOutcome, Exit, Happening } from "./event.ts";
import type { Failure } from "./failure.ts";

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

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

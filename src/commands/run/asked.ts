import type { Origin } from "../../core/event.ts";
import { rollbackChoice } from "../../core/fallback.ts";
import type { Failure } from "../../core/failure.ts";
import { fixChoice } from "../../core/modules.ts";
import { testsRefused } from "../../core/test-stage.ts";
import type { Engine } from "../../engine/engine.ts";

/** What may be asked of a running gust from outside. */
export type Asked =
  | { readonly type: "swap" }
  | { readonly type: "fix" }
  | { readonly type: "rollback"; readonly to: number | null }
  | { readonly type: "tests"; readonly what: "failed" | "all" };

/** Asks for it; what is not possible is refused at once, in words of its own. Null: it is asked for. */
export function askFor(engine: Engine, asked: Asked, origin: Origin): Failure | null {
  switch (asked.type) {
    case "swap":
      engine.dispatch({ type: "swap-requested", origin });
      return null;
    case "fix": {
      const choice = fixChoice(engine.state());
      if ("code" in choice) return choice;
      engine.dispatch({ type: "fix-requested", origin });
      return null;
    }
    case "rollback": {
      const choice = rollbackChoice(engine.state(), asked.to);
      if ("code" in choice) return choice;
      engine.dispatch({ type: "rollback-requested", to: asked.to, origin });
      return null;
    }
    case "tests": {
      const refusal = testsRefused(engine.state(), asked.what);
      if (refusal === null) engine.dispatch({ type: "tests-requested", what: asked.what });
      return refusal;
    }
  }
}

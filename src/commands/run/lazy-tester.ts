import type { GoTester } from "../../adapters/go/test/tester.ts";
import type { Settings } from "../../core/settings.ts";
import type { Tester } from "../../engine/ports.ts";

/** Nothing of the tests is loaded, and the go command is not asked for them, where they are off. */
export function lazyTester(settings: Settings, open: () => Promise<GoTester>): Tester {
  if (settings.tests === undefined) return noTester;
  const tester = open().then((opened) => {
    // What changes from now on is measured by the state that is found now.
    void opened.open(new AbortController().signal);
    return opened;
  });
  return {
    run: async (request, sink, signal) => (await tester).run(request, sink, signal),
    record: async (signal) => (await tester).record(signal),
  };
}

/** The same parts, but tests are somebody else's business. */
export function withoutTests<P extends { readonly settings: Settings }>(parts: P): P {
  const { tests: _, ...settings } = parts.settings;
  return { ...parts, settings };
}

export const noTester: Tester = {
  run: () => Promise.resolve({ type: "cancelled" }),
  record: () => Promise.resolve({ type: "cancelled" }),
};

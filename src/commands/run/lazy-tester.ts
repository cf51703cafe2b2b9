import type { GoTester } from "../../adapters/go/test/tester.ts";
import type { Config } from "../../config/config.ts";
import type { Tester } from "../../engine/ports.ts";

/** Nothing of the tests is loaded, and the go command is not asked for them, where they are off. */
export function lazyTester({ test }: Config, open: () => Promise<GoTester>): Tester {
  if (test.mode === "off") return noTester;
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

export const noTester: Tester = {
  run: () => Promise.resolve({ type: "cancelled" }),
  record: () => Promise.resolve({ type: "cancelled" }),
};

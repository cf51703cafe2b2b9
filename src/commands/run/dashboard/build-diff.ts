import type { BuildDiff } from "../../../core/dashboard.ts";
import type { Failure } from "../../../core/failure.ts";
import type { Version } from "../../../core/version.ts";

/** What is different in the binaries of two kept versions. Failure: NO_SUCH_BUILD. */
export async function diffBuilds(
  good: readonly Version[],
  from: number,
  to: number,
): Promise<BuildDiff | Failure> {
  const [a, b] = [from, to].map((wanted) => good.find(({ generation }) => generation === wanted));
  if (a === undefined || b === undefined) {
    return { code: "NO_SUCH_BUILD", message: `build #${a === undefined ? from : to} is not kept` };
  }
  const bytes = { from: a.artifact.sizeBytes, to: b.artifact.sizeBytes };
  return Promise.resolve({ from, to, bytes, packages: [], symbols: [] });
}

import { diffBinaries } from "../../../adapters/go/binary-diff.ts";
import type { BuildDiff } from "../../../core/dashboard.ts";
import type { Failure } from "../../../core/failure.ts";
import type { Version } from "../../../core/version.ts";

/** What is different in the binaries of two kept versions. Failures: NO_SUCH_BUILD, BINARY_UNREADABLE. */
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
  if (a.artifact.path === null || b.artifact.path === null) {
    return {
      code: "BINARY_UNREADABLE",
      message: "gust does not keep what a command of yours starts",
    };
  }
  const diff = await diffBinaries(a.artifact.path, b.artifact.path);
  return "code" in diff ? diff : { from, to, bytes, ...diff };
}

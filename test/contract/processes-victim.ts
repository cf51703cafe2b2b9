import { openProcesses } from "../../src/adapters/process/open-processes.ts";
import type { ChildSink } from "../../src/engine/processes.ts";

/*
 * A gust to be killed: opens a back end, starts what its arguments say, and lives on.
 * Arguments: back end, cache directory, run id, hostile program, then deeds.
 */
const [, , backend, cacheDir = "", runId = "", hostile = "", ...deeds] = process.argv;
const processes = await openProcesses({
  backend: backend === "node" ? "node" : "keeper",
  keeperDir: "keeper",
  cacheDir,
  runId,
  graceMs: 100,
});

const silent: ChildSink = {
  started: () => {},
  failed: (failure) => process.stderr.write(`${failure.message}\n`),
  output: () => {},
  listening: () => {},
  exited: () => {},
  gone: () => {},
};
for (const deed of deeds) {
  processes.spawn(
    {
      argv: [hostile, ...deed.split(" ")],
      dir: cacheDir,
      env: { PATH: process.env["PATH"] ?? "", WITNESS: process.env["WITNESS"] ?? "" },
      stdin: "none",
      terminal: null,
      sockets: false,
      nice: 0,
    },
    silent,
  );
}

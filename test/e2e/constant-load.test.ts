import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { startConstantLoad } from "./constant-load.ts";
import { Gust } from "./gust.ts";
import { Swaps, special, swapsConfig } from "./load-swaps.ts";
import { assertClean, circumstances, judge, told, toldCrashes } from "./load-verdict.ts";
import { Project } from "./project.ts";

test("no client of any kind notices a swap, nor a version that does not come up", async (t) => {
  const ports = { port: await freePort(), tlsPort: await freePort() };
  const project = await Project.create(t, "everything", { "gust.toml": swapsConfig(ports) });
  const gust = await Gust.start(project, {
    port: ports.port,
    env: { TLS_PORT: String(ports.tlsPort) },
  });
  await gust.next("live");
  const load = await startConstantLoad(ports);
  t.after(() => load.kill());
  const swaps = new Swaps(gust, load, { seed: 1, kinds: special });
  for (let done = 0; done < 20; done += 1) await swaps.next();
  await swaps.good();
  const report = await load.stop();
  const verdict = judge(report, swaps);
  t.diagnostic(JSON.stringify(swaps.done));
  for (const line of told(report.counts)) t.diagnostic(line);
  for (const line of toldCrashes(verdict, swaps)) t.diagnostic(line);
  for (const line of circumstances(verdict.troubles.slice(0, 5), gust.log)) t.diagnostic(line);
  assertClean(verdict);
  assert.equal(swaps.crashes.length, 2);
  // Streams end as their protocol says, no answer is stale from the moment on in which a version is
  // live, and no HTTP/2 client loses its first request.
  assert.deepEqual([verdict.cuts, verdict.early, verdict.young], [[], [], []]);
  await gust.stop();
});

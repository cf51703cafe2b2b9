import assert from "node:assert/strict";
import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project, answerFile } from "./project.ts";
import { parseWrk, startWrk } from "./wrk.ts";

test("wrk sees no error over ten swaps, as fast as it may ask", async (t) => {
  const project = await Project.create(t, "web", { "gust.toml": '[run]\nswap = "overlap"\n' });
  const gust = await Gust.start(project);
  await gust.next("live");
  const wrk = startWrk(gust.port);
  t.after(() => wrk.stop().catch(() => null));
  for (let number = 1; number <= 10; number += 1) {
    const live = await gust.saveAndLive("answer.go", answerFile(String(number)));
    assert.equal(live.downtimeMs, 0);
  }
  const report = await wrk.stop();
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual(report, { requests: report.requests, socketErrors: 0, badAnswers: 0 });
  assert.ok(report.requests > 100);
  await gust.stop();
});

test("what wrk tells about errors is understood", () => {
  const told = `Running 1h test @ http://127.0.0.1:8080/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   268.93us  203.73us   5.43ms   87.19%
    Req/Sec    55.39k     3.38k   62.09k    70.97%
  170732 requests in 3.10s, 19.21MB read
  Socket errors: connect 1, read 20, write 3, timeout 4
  Non-2xx or 3xx responses: 7
Requests/sec:  55077.68
Transfer/sec:      6.20MB
`;
  assert.deepEqual(parseWrk(told), { requests: 170_732, socketErrors: 28, badAnswers: 7 });
});

// Loaded into gust by `--require`: tells at its end how late its event loop was, in milliseconds.
const { monitorEventLoopDelay } = require("node:perf_hooks");
const { writeFileSync } = require("node:fs");

const resolution = 2;
const histogram = monitorEventLoopDelay({ resolution });
histogram.enable();
// What comes before the first build is no part of a save.
process.on("SIGWINCH", () => histogram.reset());
process.on("exit", () => {
  const facts = {
    p50: late(histogram.percentile(50)),
    p99: late(histogram.percentile(99)),
    max: late(histogram.max),
  };
  writeFileSync(process.env.GUST_BENCH_LOOP, JSON.stringify(facts));
});

// The histogram counts the pause between two looks as well.
function late(nanoseconds) {
  return Math.max(0, nanoseconds / 1e6 - resolution);
}

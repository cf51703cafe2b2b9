import { test } from "node:test";
import { Gust } from "./gust.ts";
import { Project } from "./project.ts";
import { soak, soakConfig } from "./soak-run.ts";

test("after saves at random moments the last good one is live, and nothing has leaked", async (t) => {
  const project = await Project.create(t, "service", {
    "gust.toml": soakConfig,
    "page.html": "0",
  });
  const gust = await Gust.start(project);
  await soak(gust, { saves: 40, seed: 1, say: (line) => t.diagnostic(line) });
  await gust.stop();
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { OnTerminal, skip } from "./on-terminal.ts";
import { Project } from "./project.ts";

test(
  "on a terminal keys choose a service, hide its output and restart it alone",
  { skip },
  async (t) => {
    const project = await Project.create(t, "services", {
      "gust.toml": `
[[service]]
name = "api"
package = "./api"
port = ${await freePort()}
[[process]]
name = "talk"
cmd = "while read line; do echo heard $line; done"
`,
    });
    const terminal = await OnTerminal.start(project);
    const { gust } = terminal;
    await terminal.shows(/api {2}│ #1 live/);
    // What a version prints has a way of its own to gust: it is shown as long as it is not hidden.
    await terminal.showed(/api {2}│ listens with/g, 1);
    gust.type("m");
    await terminal.shows(/choose a service first: 1 talk, 2 api/);
    gust.type("?");
    await terminal.shows(/1 only talk/);
    gust.type("1");
    await terminal.shows(/only talk: keys are for it/);
    gust.type("i");
    await terminal.shows(/talk gets what is typed/);
    gust.type("you\r");
    await terminal.shows(/talk │ > you/);
    await terminal.shows(/talk │ heard you/);
    gust.type("\u{1d}");
    await terminal.shows(/typing ended/);
    gust.type("\t");
    await terminal.shows(/only api/);
    gust.type("r");
    await terminal.shows(/api {2}│ #2 live/);
    gust.type("b");
    await terminal.shows(/rolled back to #1/);
    await terminal.showed(/api {2}│ listens with/g, 3);
    gust.type("m");
    await terminal.shows(/api: output is not shown/);
    gust.type("r");
    await terminal.shows(/api {2}│ #\d live/);
    gust.type("0");
    await terminal.shows(/all services/);
    // Each of two that are paused one after the other says so.
    gust.type("1");
    await terminal.shows(/only talk/);
    gust.type("p");
    await terminal.shows(/talk │ paused/);
    gust.type("2");
    await terminal.shows(/only api/);
    gust.type("p");
    await terminal.shows(/api {2}│ paused/);
    gust.type("p");
    await terminal.shows(/api {2}│ goes on/);
    gust.type("0");
    await terminal.shows(/all services/);
    gust.type("q");
    const { code } = await gust.exited;
    assert.equal(code, 0);
    assert.doesNotMatch(gust.stdout, /talk │ #2/);
    // Its output was shown for the first version, the second one and the one that came back.
    assert.equal(gust.stdout.match(/api {2}│ listens with/g)?.length, 3);
    await gust.assertNothingLeft();
  },
);

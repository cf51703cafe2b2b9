import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { freePort } from "./census.ts";
import { PATIENCE_MS } from "./events.ts";
import { Gust } from "./gust.ts";
import { Project } from "./project.ts";

// `script` of util-linux makes a terminal; that of other systems takes other arguments.
const skip =
  process.platform === "linux" && spawnSync("script", ["--version"]).status === 0
    ? false
    : "needs script of util-linux";
const onTerminal = ["sh", "-c", 'exec script -qec "$*" /dev/null', "script"];

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
    const gust = await Gust.start(project, {
      json: false,
      stdin: true,
      wrapper: onTerminal,
      env: { TERM: "xterm", NO_COLOR: "1" },
    });
    let from = 0;
    /** Waits until this is shown, behind what was waited for last. */
    const shows = async (wanted: RegExp): Promise<void> => {
      for (const deadline = Date.now() + PATIENCE_MS; ;) {
        const found = wanted.exec(gust.stdout.slice(from));
        if (found !== null) {
          from += found.index + found[0].length;
          return;
        }
        assert.ok(Date.now() < deadline, `${wanted} is not in\n${gust.stdout.slice(from)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await shows(/api {2}│ #1 live/);
    gust.type("m");
    await shows(/choose a service first: 1 talk, 2 api/);
    gust.type("?");
    await shows(/1 only talk/);
    gust.type("1");
    await shows(/only talk: keys are for it/);
    gust.type("i");
    await shows(/talk gets what is typed/);
    gust.type("you\r");
    await shows(/talk │ > you/);
    await shows(/talk │ heard you/);
    gust.type("\u{1d}");
    await shows(/typing ended/);
    gust.type("\t");
    await shows(/only api/);
    gust.type("r");
    await shows(/api {2}│ #2 live/);
    gust.type("b");
    await shows(/rolled back to #1/);
    gust.type("m");
    await shows(/api: output is not shown/);
    gust.type("r");
    await shows(/api {2}│ #\d live/);
    gust.type("0");
    await shows(/all services/);
    gust.type("q");
    const { code } = await gust.exited;
    assert.equal(code, 0);
    assert.doesNotMatch(gust.stdout, /talk │ #2/);
    // Its output was shown once for the first version and once for the second and third.
    assert.equal(gust.stdout.match(/api {2}│ listens with/g)?.length, 3);
    await gust.assertNothingLeft();
  },
);

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { test } from "node:test";
import { DLV } from "./debugger.ts";
import { PATIENCE_MS } from "./events.ts";
import { Gust } from "./gust.ts";
import { createShop } from "./tested.ts";

// `script` of util-linux makes a terminal; that of other systems takes other arguments.
const skip =
  process.platform === "linux" && spawnSync("script", ["--version"]).status === 0
    ? false
    : "needs script of util-linux";

test(
  "on a terminal a failed test is run again, and debugged from where it begins",
  { skip },
  async (t) => {
    const project = await createShop(t, { "gust.toml": '[test]\nmode = "watch"\n' });
    const gust = await Gust.start(project, {
      json: false,
      stdin: true,
      wrapper: ["sh", "-c", 'exec script -qec "$*" /dev/null', "script"],
      env: {
        TERM: "xterm",
        NO_COLOR: "1",
        PATH: `${dirname(DLV)}:${process.env["PATH"] ?? ""}`,
      },
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
    await shows(/#1 live/);
    await project.edit("user/user.go", '"bye " + name', '"ciao " + name');
    await shows(/TestFarewell/);
    await shows(/got "ciao Ann", want "bye Ann"|want +bye Ann/);
    gust.type("t");
    await shows(/TestFarewell/);
    gust.type("d");
    await shows(/TestFarewell\(t \*testing\.T\)/);
    await shows(/\(dlv\) /);
    gust.type("exit\r");
    // gust has the terminal again.
    gust.type("?");
    await shows(/rebuild and restart/);
    gust.type("q");
    const { code } = await gust.exited;
    assert.equal(code, 0);
    await gust.assertNothingLeft();
  },
);

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { DLV } from "./debugger.ts";
import { OnTerminal, skip } from "./on-terminal.ts";
import { createShop } from "./tested.ts";

test(
  "on a terminal a failed test is run again, and debugged from where it begins",
  { skip },
  async (t) => {
    const project = await createShop(t, { "gust.toml": '[test]\nmode = "watch"\n' });
    const terminal = await OnTerminal.start(project, {
      PATH: `${dirname(DLV)}:${process.env["PATH"] ?? ""}`,
    });
    const { gust } = terminal;
    await terminal.shows(/#1 live/);
    await project.edit("user/user.go", '"bye " + name', '"ciao " + name');
    await terminal.shows(/TestFarewell/);
    await terminal.shows(/got "ciao Ann", want "bye Ann"|want +bye Ann/);
    gust.type("t");
    await terminal.shows(/TestFarewell/);
    gust.type("d");
    await terminal.shows(/TestFarewell\(t \*testing\.T\)/);
    await terminal.shows(/\(dlv\) /);
    gust.type("exit\r");
    // gust has the terminal again.
    gust.type("?");
    await terminal.shows(/rebuild and restart/);
    gust.type("q");
    const { code } = await gust.exited;
    assert.equal(code, 0);
    await gust.assertNothingLeft();
  },
);

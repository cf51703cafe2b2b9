import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { AnsiScreen } from "../world/ansi-screen.ts";

const child = fileURLToPath(new URL("../world/terminal-child.js", import.meta.url));
// `script` of util-linux makes a terminal; that of other systems takes other arguments.
const skip =
  process.platform === "linux" && spawnSync("script", ["--version"]).status === 0
    ? false
    : "needs script of util-linux";

test(
  "on a real terminal keys work, lines keep apart, and the terminal is given back",
  { skip },
  async () => {
    const { rows, modes } = await play(["r", "q"]);
    assert.deepEqual(rows, ["half a line", "ready", "key rebuild", "key quit"]);
    assert.deepEqual(modes, ["icanon", "echo"]);
  },
);

test("an uncaught error gives the terminal back, too", { skip }, async () => {
  const { rows, modes } = await play(["v"]);
  assert.ok(rows.some((row) => row.includes("a bug of gust's own")));
  assert.deepEqual(modes, ["icanon", "echo"]);
});

/** Types keys, each after the answer to the one before; returns what a person sees at the end. */
async function play(keys: readonly string[]): Promise<{
  readonly rows: readonly string[];
  readonly modes: readonly string[];
}> {
  const model = new AnsiScreen(80);
  const command = `'${process.execPath}' '${child}'; echo END; stty -a`;
  const terminal = spawn("script", ["-qec", command, "/dev/null"], {
    env: { ...process.env, TERM: "xterm", SHELL: "/bin/sh" },
  });
  const waiting = [...keys];
  let seen = "";
  // Each key is typed when the status line is there again.
  const answered = (): boolean => seen.split("not live").length > keys.length - waiting.length + 1;
  terminal.stdout.on("data", (data: Buffer) => {
    model.write(data);
    seen += data.toString();
    if (waiting.length > 0 && answered()) terminal.stdin.write(waiting.shift() ?? "");
  });
  await new Promise((resolve) => terminal.once("close", resolve));
  const end = model.rows.indexOf("END");
  const modes = [
    ...model.rows
      .slice(end)
      .join(" ")
      .matchAll(/(?<=\s)-?(?:icanon|echo)(?=\s)/g),
  ];
  return { rows: model.rows.slice(0, end), modes: modes.map(([mode]) => mode) };
}

// A small gust that runs no program: its screen and keys, on a real terminal.
import { openKeys } from "../../src/adapters/terminal/keys.ts";
import { openScreen } from "../../src/adapters/terminal/open-screen.ts";

const clock = {
  now: () => performance.now(),
  after: (ms: number, callback: () => void) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const screen = openScreen(clock, () => process.exit(3));
const keys = openKeys({
  stdin: process.stdin,
  process,
  onKey: (command) => {
    screen.lines([`key ${command}`]);
    if (command === "verbose") throw new Error("a bug of gust's own");
    if (command !== "quit") return;
    keys?.close();
    void screen.close();
  },
  onBytes: (data) => screen.lines([`bytes ${Buffer.from(data).toString()}`]),
  onSuspend: () => screen.suspend(),
  onResume: (foreground) => screen.resume(foreground),
});
screen.output("stdout", Buffer.from("half a "));
screen.lines(["ready"]);
screen.output("stdout", Buffer.from("line\n"));
screen.footer("not live");

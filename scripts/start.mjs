// npm start: installs what is missing, builds, and runs gust on an example, or on the program that
// `--root` names.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { buildProgram, installPackages } from "./steps.mjs";

installPackages();
buildProgram();
const args = process.argv.slice(2);
const own = args.some(
  (arg) => arg === "--root" || arg.startsWith("--root=") || !arg.startsWith("-"),
);
const target =
  own || !existsSync("examples/guestbook") ? args : ["--root", "examples/guestbook", ...args];
const child = spawn(process.execPath, ["bin/gust", ...target], { stdio: "inherit" });
// The terminal's Ctrl-C reaches gust as well: this script only waits for it to leave.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));

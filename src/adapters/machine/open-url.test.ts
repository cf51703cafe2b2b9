import assert from "node:assert/strict";
import { test } from "node:test";
import { urlCommand } from "./open-url.ts";

const url = "http://127.0.0.1:7070/open?ticket=a&b";

function check(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string>>,
  expected: readonly string[] | null,
): void {
  assert.deepEqual(urlCommand(url, platform, env), expected);
}

test("an address is opened by a command of words, on a screen that is there", () => {
  check("darwin", {}, ["open", url]);
  check("win32", {}, ["rundll32.exe", "url.dll,FileProtocolHandler", url]);
  check("linux", { DISPLAY: ":0" }, ["xdg-open", url]);
  check("freebsd", { WAYLAND_DISPLAY: "wayland-0" }, ["xdg-open", url]);
  check("linux", { WAYLAND_DISPLAY: "", DISPLAY: ":0" }, ["xdg-open", url]);
  check("linux", {}, null);
  check("linux", { DISPLAY: "" }, null);
});

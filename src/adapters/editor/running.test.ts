import assert from "node:assert/strict";
import { test } from "node:test";
import { psProcesses, unixListeners } from "./processes.ts";
import { type SeenProcess, runningEditors } from "./running.ts";

type Given = Partial<SeenProcess> & { readonly path: string };

/** `name: program, …`, with the address of a server behind it. */
function check(processes: readonly Given[], expected: readonly string[]): void {
  const all = processes.map((one, index) => ({
    pid: index + 1,
    argv: [],
    cwd: "/elsewhere",
    socket: null,
    ...one,
  }));
  const found = runningEditors(all, "/home/a/shop").map(({ name, programs, servers }) => {
    const server = servers?.nvim ?? servers?.vim;
    return `${name}: ${programs.join(", ")}${server === undefined ? "" : ` at ${server}`}`;
  });
  assert.deepEqual(found, expected);
}

const app = (path: string): Given => ({ path: `/Applications/${path}`, cwd: null });

test("editors with a window are found by their executable", () => {
  check([{ path: "/usr/share/code/code" }], ["code: code, /usr/share/code/bin/code"]);
  check(
    [{ path: "/tmp/.mount_c/cursor/cursor" }],
    ["cursor: cursor, /tmp/.mount_c/cursor/bin/cursor"],
  );
  check(
    [{ path: "/h/zed.app/libexec/zed-editor" }],
    ["zed: zed, zeditor, /h/zed.app/libexec/../bin/zed"],
  );
  check(
    [{ path: "/opt/sublime_text/sublime_text" }],
    ["subl: subl, /opt/sublime_text/sublime_text"],
  );
  check([{ path: "/opt/goland/bin/goland" }], ["goland: /opt/goland/bin/goland"]);
  check([{ path: "/usr/bin/nodecode" }, { path: "/usr/bin/bash" }, { path: "/usr/bin/java" }], []);
});

test("an older JetBrains is a Java that came with it", () => {
  const path = "/opt/g/jbr/bin/java";
  check(
    [{ path, argv: ["-Didea.paths.selector=GoLand2023.1"] }],
    ["goland: /opt/g/bin/goland, /opt/g/bin/goland.sh"],
  );
  check([{ path, argv: ["-jar", "x"] }], []);
});

test("on macOS the launcher lies in the application", () => {
  const code = "/Applications/Visual Studio Code.app/Contents";
  check(
    [app("Visual Studio Code.app/Contents/MacOS/Electron")],
    [`code: ${code}/Resources/app/bin/code`],
  );
  check([app("Zed.app/Contents/MacOS/zed")], ["zed: /Applications/Zed.app/Contents/MacOS/cli"]);
  check(
    [app("GoLand.app/Contents/MacOS/goland")],
    ["goland: /Applications/GoLand.app/Contents/MacOS/goland"],
  );
  check(
    [app("Sublime Text.app/Contents/MacOS/sublime_text")],
    ["subl: /Applications/Sublime Text.app/Contents/SharedSupport/bin/subl"],
  );
  check([app("Mail.app/Contents/MacOS/Mail")], []);
});

test("a Neovim counts where it works in the project or above it, and can be asked", () => {
  const nvim = { path: "/usr/bin/nvim", socket: "/run/nvim.1.0" };
  const found = ["nvim: /usr/bin/nvim at /run/nvim.1.0"];
  check([{ ...nvim, cwd: "/home/a/shop" }], found);
  check([{ ...nvim, cwd: "/home/a/shop/web" }], found);
  check([{ ...nvim, cwd: "/home/a" }], found);
  check([{ ...nvim, cwd: "/home/a/shop2" }], []);
  check([{ ...nvim, cwd: "/" }], []);
  check([{ ...nvim, cwd: null }], []);
  check([{ ...nvim, cwd: "/home/a/shop", socket: null }], []);
});

test("a Vim counts where it was started as a server", () => {
  const vim = { path: "/usr/bin/vim.gtk3", cwd: "/home/a/shop" };
  check([{ ...vim, argv: ["vim", "--servername", "GO", "x"] }], ["vim: /usr/bin/vim.gtk3 at GO"]);
  check(
    [
      { ...vim, argv: ["vim", "x"] },
      { ...vim, argv: ["vim", "--servername"] },
    ],
    [],
  );
});

test("an Emacs counts where its server listens, and comes last", () => {
  const emacs = { path: "/usr/bin/emacs-gtk", socket: "/run/emacs/server" };
  check(
    [emacs, { path: "/usr/share/code/code" }],
    ["code: code, /usr/share/code/bin/code", "emacsclient: emacsclient, /usr/bin/emacsclient"],
  );
  check([{ ...emacs, socket: null }], []);
});

test("the lines of ps are paths, which may have spaces", () => {
  const text = "    1 /sbin/launchd\n  812 /Applications/A B.app/Contents/MacOS/A B\n  9 -zsh\n";
  const paths = psProcesses(text).map(({ pid, path }) => `${pid} ${path}`);
  assert.deepEqual(paths, ["1 /sbin/launchd", "812 /Applications/A B.app/Contents/MacOS/A B"]);
});

test("sockets that accept connections are told from others, and paths may have spaces", () => {
  const text = [
    "Num       RefCount Protocol Flags    Type St Inode Path",
    "0000000000000000: 00000002 00000000 00010000 0001 01 24608990 /tmp/nvim a/0",
    "0000000000000000: 00000003 00000000 00000000 0001 03 24608991 /tmp/nvim/1",
    "0000000000000000: 00000002 00000000 00010000 0001 01 24608992 @abstract",
    "0000000000000000: 00000002 00000000 00010000 0005 01  4608993 /run/packets",
    "0000000000000000: 00000002 00000000 00010000 0001 01   460899 /run/emacs/server",
  ].join("\n");
  assert.deepEqual(
    [...unixListeners(text)],
    [
      ["24608990", "/tmp/nvim a/0"],
      ["460899", "/run/emacs/server"],
    ],
  );
});

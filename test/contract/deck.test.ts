import assert from "node:assert/strict";
import { test } from "node:test";
import { Deck } from "../../src/adapters/terminal/deck.ts";
import type { LineScreen, Stream } from "../../src/adapters/terminal/screen.ts";

interface Opened {
  readonly deck: Deck;
  readonly api: LineScreen;
  readonly worker: LineScreen;
  /** What came to the screen, one entry a line, and the status line after `=`. */
  readonly seen: string[];
  readonly fireTimers: () => void;
}

function open(columns: number | null = null, colors = false): Opened {
  const seen: string[] = [];
  let timers: (() => void)[] = [];
  const deck = new Deck({
    screen: {
      terminal: true,
      output: (stream: Stream, data: Uint8Array) => {
        const lines = Buffer.from(data).toString().split("\n").slice(0, -1);
        seen.push(...lines.map((line) => `${stream === "stdout" ? ">" : "!"}${line}`));
        return true;
      },
      drained: () => Promise.resolve(),
      lines: (lines) => void seen.push(...lines),
      footer: (text) => void seen.push(`=${text ?? ""}`),
      clear: () => undefined,
    },
    names: ["api", "worker"],
    colors,
    columns: () => columns,
    after: (_, callback) => {
      timers.push(callback);
      return () => (timers = timers.filter((one) => one !== callback));
    },
  });
  return {
    deck,
    api: deck.screen("api"),
    worker: deck.screen("worker"),
    seen,
    fireTimers: () => {
      for (const fire of timers.splice(0)) fire();
    },
  };
}

const put = (screen: LineScreen, text: string, stream: Stream = "stdout"): boolean =>
  screen.output(stream, Buffer.from(text));

test("every line has its service's name in front, and no two services share one", () => {
  const { api, worker, seen } = open();
  put(api, "one\ntwo, be");
  put(worker, "other\n");
  put(api, "gun\n\n");
  api.lines(["#1 live"]);
  put(worker, "to stderr\n", "stderr");
  assert.deepEqual(seen, [
    ">api    │ one",
    ">worker │ other",
    ">api    │ two, begun",
    ">api    │ ",
    "api    │ #1 live",
    "!worker │ to stderr",
  ]);
});

test("a line without an end is shown after a while, and at the end", async () => {
  const { api, worker, seen, fireTimers } = open();
  put(api, "name? ");
  put(worker, "last words");
  assert.deepEqual(seen, []);
  fireTimers();
  put(api, "answer\nmore");
  await api.close();
  assert.deepEqual(seen, [
    ">api    │ name? ",
    ">worker │ last words",
    ">api    │ answer",
    ">api    │ more",
    "=",
  ]);
});

test("a character in two pieces stays one, and colours do not run into the next line", () => {
  const { api, seen } = open(null, true);
  const bytes = Buffer.from("é\n");
  api.output("stdout", bytes.subarray(0, 1));
  api.output("stdout", bytes.subarray(1));
  put(api, "\u{1b}[31mred\n");
  assert.equal(seen[0]?.endsWith("é"), true);
  assert.equal(seen[1]?.endsWith("\u{1b}[31mred\u{1b}[0m"), true);
});

test("of one that is muted, or beside the one that is chosen, gust's lines are shown alone", () => {
  const { deck, api, worker, seen } = open();
  assert.equal(deck.toggleMute("api"), true);
  put(api, "hidden\n");
  api.lines(["#2 is not live"]);
  assert.equal(deck.toggleMute("api"), false);
  deck.setFocus("worker");
  put(api, "hidden, too\n");
  put(worker, "shown\n");
  deck.setFocus(null);
  put(api, "again\n");
  assert.deepEqual(seen, ["api    │ #2 is not live", ">worker │ shown", ">api    │ again"]);
});

test("the status line has what all services have to say, as far as it fits", () => {
  const { api, worker, seen } = open(40);
  worker.footer("building #2… 1.2s");
  api.footer("#3 is not live: 1 error in main.go");
  api.footer(null);
  worker.footer(null);
  assert.deepEqual(seen, [
    "=worker building #2… 1.2s",
    "=api #3 is not live: 1 error in main.go…",
    "=worker building #2… 1.2s",
    "=",
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { PageHello, PageState } from "../../core/page-state.ts";
import { Hub, type Port, type Said } from "./hub.ts";
import type { Told } from "./told.ts";

const state: PageState = { serving: 1, newest: 1, trouble: null, activity: "idle" };
const hello: PageHello = {
  run: "one",
  token: null,
  console: false,
  overlay: true,
  badge: true,
  state,
  recent: [],
  edition: 0,
};

class FakePort implements Port {
  readonly heard: (Told | null)[] = [];
  readonly #listeners: {
    readonly type: string;
    readonly listener: (event: MessageEvent<Said>) => void;
  }[] = [];
  closed = false;

  postMessage(told: Told | null): void {
    this.heard.push(told);
  }

  addEventListener(type: string, listener: (event: MessageEvent<Said>) => void): void {
    this.#listeners.push({ type, listener });
  }

  start(): void {}

  close(): void {
    this.closed = true;
  }

  say(type: "message" | "close", data: Said = "bye"): void {
    const event = new MessageEvent(type, { data });
    for (const one of this.#listeners) if (one.type === type) one.listener(event);
  }
}

type Loading = (urls: readonly string[]) => Promise<void>;

/** A hub whose connection the test speaks for. */
function start(loadAnew: Loading = () => Promise.resolve()): {
  hub: Hub;
  tell: (told: Told) => void;
  open: () => number;
  opened: () => number;
} {
  let tellers: ((told: Told) => void)[] = [];
  let opened = 0;
  const hub = new Hub((tell) => {
    opened += 1;
    tellers.push(tell);
    return () => {
      tellers = tellers.filter((one) => one !== tell);
    };
  }, loadAnew);
  return {
    hub,
    tell: (told) => {
      for (const one of tellers) one(told);
    },
    open: () => tellers.length,
    opened: () => opened,
  };
}

function join(hub: Hub): FakePort {
  const port = new FakePort();
  hub.join(port);
  return port;
}

test("all pages share one connection, which ends with the last of them", () => {
  const { hub, open, opened } = start();
  const ports = Array.from({ length: 10 }, () => join(hub));
  assert.deepEqual([open(), opened(), hub.size], [1, 1, 10]);
  ports[0]?.say("close");
  for (const port of ports) port.say("message");
  assert.deepEqual([open(), hub.size], [0, 0]);
  assert.ok(ports.every(({ closed }) => closed));
  join(hub);
  assert.deepEqual([open(), opened()], [1, 2]);
});

test("a page that comes is told at once how things are", () => {
  const { hub, tell } = start();
  const first = join(hub);
  assert.deepEqual(first.heard, [{ type: "lost" }]);
  tell({ type: "hello", hello });
  tell({ type: "live", live: { generation: 2, previous: 1, assets: null } });
  assert.equal(first.heard.length, 3);
  assert.deepEqual(join(hub).heard, [
    { type: "hello", hello: { ...hello, state: { ...state, serving: 2 } } },
  ]);
  const newest = { ...state, serving: 2, newest: 3 };
  tell({ type: "state", state: newest });
  assert.deepEqual(join(hub).heard, [{ type: "hello", hello: { ...hello, state: newest } }]);
  tell({ type: "lost" });
  assert.deepEqual(join(hub).heard, [{ type: "lost" }]);
});

test("a page that goes hears nothing more", () => {
  const { hub, tell } = start();
  const [gone, stays] = [join(hub), join(hub)];
  gone.say("message");
  tell({ type: "hello", hello });
  assert.deepEqual([gone.heard.length, stays.heard.length], [1, 2]);
});

test("a page hears when the files that it asked for are loaded", async () => {
  const asked: (readonly string[])[] = [];
  const { hub, open } = start(async (urls) => {
    asked.push(urls);
  });
  const port = join(hub);
  port.say("message", ["/a.js"]);
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(asked, [["/a.js"]]);
  assert.deepEqual(port.heard.at(-1), null);
  assert.equal(open(), 1);
});

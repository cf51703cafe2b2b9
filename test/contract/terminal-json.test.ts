import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { JsonPresenter } from "../../src/adapters/terminal/json-presenter.ts";
import { samples } from "../world/notice-samples.ts";
import { calmView } from "../world/views.ts";

const view = calmView({
  newest: 12,
  serving: { generation: 12, build: 11, pid: 41, addresses: [], since: 5 },
  good: [12, 11],
});

test("every event is a line of JSON with version, time and type, and keeps its facts", () => {
  const run = open();
  for (const notice of Object.values(samples)) run.face.notice(notice, view);
  const events = run.events();
  for (const event of events) {
    assert.deepEqual([event["v"], event["time"]], [1, "2026-01-31T12:00:00.318Z"]);
  }
  for (const notice of Object.values(samples)) {
    const {
      v: _v,
      time: _time,
      ...fields
    } = events.find((one) => one["type"] === notice.type) ?? {};
    assert.deepEqual(fields, JSON.parse(JSON.stringify(notice)));
  }
});

test("of several services each event tells which, and gust itself says hello and good-bye once", async () => {
  const run = open();
  const [api, worker] = [run.face.member("api"), run.face.member("worker")];
  api.output("stdout", Buffer.from("\u{e9}").subarray(0, 1));
  worker.output("stdout", Buffer.from("w"));
  api.output("stdout", Buffer.from("\u{e9}").subarray(1));
  api.waiting(["db"]);
  worker.view(view);
  await api.close(0);
  await worker.close(0);
  await run.face.close(0);
  const told = run.events().map(({ type, service = null, text = "" }) => [type, service, text]);
  assert.deepEqual(told, [
    ["hello", null, ""],
    ["output", "worker", "w"],
    ["output", "api", "\u{e9}"],
    ["waiting", "api", ""],
    ["state", "worker", ""],
    ["bye", null, ""],
  ]);
});

test("every event and every one of its fields is documented", () => {
  const run = open();
  for (const notice of Object.values(samples)) run.face.notice(notice, view);
  run.face.watching({ mode: "events", reason: null, directories: 1, failures: [] }, "/app");
  run.face.output("stdout", Buffer.from("x"));
  run.face.failure("keeper", { code: "IO_FAILED", message: "no" });
  void run.face.close(0);
  const text = readFileSync("docs/json.md", "utf8");
  const tables = text.slice(0, text.indexOf("## State"));
  const rows = new Map(
    [...tables.matchAll(/^\| `([a-z-]+)` *\|(.*)$/gm)].map(([, type = "", row = ""]) => [
      type,
      row,
    ]),
  );
  const state = text.slice(text.indexOf("## State"), text.indexOf("## Things"));
  for (const { v: _v, time: _time, type, ...fields } of run.events()) {
    const row = type === "state" ? state : rows.get(String(type));
    assert.ok(row !== undefined, `docs/json.md has no row for ${String(type)}`);
    for (const field of Object.keys(fields)) {
      assert.ok(row.includes(`\`${field}\``), `docs/json.md: ${String(type)} lacks ${field}`);
    }
  }
});

test("the state is told when it changes, and not when only time has passed", () => {
  const run = open();
  run.face.view(view);
  run.face.view({ ...view });
  run.face.view({ ...view, activity: { type: "building", generation: 13, since: 7 } });
  run.face.view({ ...view, activity: { type: "building", generation: 13, since: 9 } });
  run.face.view({ ...view, stale: true });
  const states = run.events().filter((event) => event["type"] === "state");
  assert.deepEqual(
    states.map((state) => [state["live"], state["activity"]]),
    [
      [true, "idle"],
      [true, "building"],
      [false, "idle"],
    ],
  );
});

test("output keeps its characters whole, and what is no text is replaced", () => {
  const run = open();
  const euro = Buffer.from("a€b");
  run.face.output("stdout", euro.subarray(0, 2));
  run.face.output("stderr", Buffer.from("\u{1b}[31merr\n"));
  run.face.output("stdout", euro.subarray(2));
  run.face.output("stdout", Buffer.from([0xff, 0x41]));
  run.face.output("stdout", euro.subarray(1, 3));
  void run.face.close(0);
  const output = run.events().filter((event) => event["type"] === "output");
  assert.deepEqual(
    output.map((event) => [event["stream"], event["text"]]),
    [
      ["stdout", "a"],
      ["stderr", "\u{1b}[31merr\n"],
      ["stdout", "€b"],
      ["stdout", "\u{fffd}A"],
      ["stdout", "\u{fffd}"],
    ],
  );
});

test("a reader that is slow holds the program up", async () => {
  const run = open({ manual: true });
  assert.equal(run.face.output("stdout", Buffer.alloc(900_000, "x")), true);
  assert.equal(run.face.output("stdout", Buffer.alloc(900_000, "x")), false);
  const drained = run.face.drained();
  while (run.finish());
  await drained;
  assert.equal(run.face.output("stdout", Buffer.from("x")), true);
});

interface Run {
  readonly face: JsonPresenter;
  events(): readonly Readonly<Record<string, unknown>>[];
  finish(): boolean;
}

function open(options: { readonly manual?: boolean } = {}): Run {
  const written: Uint8Array[] = [];
  let done: ((error: Error | null) => void) | null = null;
  const finish = (): boolean => {
    const callback = done;
    done = null;
    callback?.(null);
    return callback !== null;
  };
  const face = new JsonPresenter({
    stdout: {
      write: (data, callback) => {
        written.push(data);
        done = callback;
        if (options.manual !== true) finish();
      },
      writeNow: (data) => written.push(data),
    },
    time: () => "2026-01-31T12:00:00.318Z",
    lost: () => assert.fail("nothing is lost"),
    hello: { gust: "0.1.0", pid: 1, root: "/app", environment: "dev", main: "example.com/app" },
  });
  const lines = (): string[] => Buffer.concat(written).toString().split("\n");
  return {
    face,
    finish,
    events: () => {
      assert.equal(lines().at(-1), "", "the last line ends");
      return lines()
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
  };
}

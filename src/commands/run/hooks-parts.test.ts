import assert from "node:assert/strict";
import { test } from "node:test";
import {
  notificationWords,
  terminalNotification,
} from "../../adapters/terminal/notification-words.ts";
import type { Notice } from "../../core/notice.ts";
import { desktopCommand } from "./desktop.ts";
import { hookFacts, hookFor, urlOf } from "./hook-facts.ts";
import { openJobQueue } from "./job-queue.ts";
import { calmView } from "../../../test/world/views.ts";

const subject = { name: "api", root: "/app" };
const view = calmView({
  newest: 3,
  serving: { generation: 2, build: 2, pid: 70, addresses: [], since: 0 },
  stale: true,
});
const live: Notice = {
  type: "live",
  generation: 3,
  build: 3,
  cause: { type: "first" },
  lead: [],
  swapMs: 0,
  phases: [],
  totalMs: 318.4,
  pid: 71,
  addresses: [{ network: "tcp", address: "[::]:8080" }],
  missing: [],
  opened: [],
  downtimeMs: 0,
};
const hostile = 'a "b" $(touch x) `y` \n--option; rm -rf ~ \0\u{1b}]0;t\u{7} \' <b>&';
const failed: Notice = {
  type: "failed",
  generation: 3,
  cause: { type: "first" },
  failure: {
    code: "BUILD_FAILED",
    message: "the build failed",
    hint: "look",
    diagnostics: [{ file: `/app/${hostile}.go`, line: 7, column: 2, message: hostile, own: true }],
  },
  serving: 2,
  lead: [],
  totalMs: 9,
  phases: [{ name: "build", durationMs: 30.4 }],
};

test("the facts of what happened are variables, and what does not apply is empty", () => {
  const facts = hookFacts(live, view, subject);
  assert.deepEqual(facts, {
    GUST_EVENT: "live",
    GUST_BUILD: "3",
    GUST_SERVING: "2",
    GUST_PID: "70",
    GUST_URL: "http://localhost:8080/",
    GUST_DURATION_MS: "318",
    GUST_FAILURE_CODE: "",
    GUST_TITLE: "api: #3 is live",
    GUST_TEXT: "in 318 ms",
    GUST_MESSAGE: "in 318 ms",
    GUST_FILE: "",
    GUST_LINE: "",
    GUST_COLUMN: "",
    GUST_HINT: "",
    GUST_ROOT: "/app",
    GUST_PROGRAM: "api",
  });
  const bad = hookFacts(failed, view, subject);
  assert.deepEqual(Object.keys(bad), Object.keys(facts));
  assert.equal(bad["GUST_EVENT"], "failure");
  assert.equal(bad["GUST_FILE"], `/app/${hostile.replace("\0", "")}.go`);
  assert.equal(bad["GUST_LINE"], "7");
  assert.equal(bad["GUST_DURATION_MS"], "30");
  assert.equal(bad["GUST_FAILURE_CODE"], "BUILD_FAILED");
  const back: Notice = { type: "rolled-back", from: 3, to: 2, why: "crashed" };
  assert.equal(hookFacts(back, view, subject)["GUST_BUILD"], "2");
  assert.equal(hookFor(back), "on_rollback");
  assert.equal(hookFor({ type: "paused" }), null);
});

const check = (address: string, expected: string) =>
  assert.equal(urlOf([{ network: "tcp", address }]), expected);

test("an address that means every interface is reached as localhost", () => {
  check("127.0.0.1:80", "http://127.0.0.1:80/");
  check("0.0.0.0:80", "http://localhost:80/");
  check("*:80", "http://localhost:80/");
  check("[::1]:80", "http://[::1]:80/");
  assert.equal(urlOf([{ network: "unix", address: "/a" }]), "");
});

test("texts from outside reach a notification as arguments or variables, and are harmless", () => {
  const words = notificationWords(failed, subject);
  assert.ok(words !== null);
  assert.equal(words.title, "api: #3 is not live");
  assert.doesNotMatch(words.body, /\p{Cc}/u);
  const linux = desktopCommand(words, true, "linux").argv;
  assert.deepEqual(linux.slice(0, 5), [
    "notify-send",
    "--app-name=gust",
    "--urgency=critical",
    "--",
    words.title,
  ]);
  assert.match(linux[5] ?? "", /\$\(touch x\) .*--option.* &lt;b&gt;&amp;$/);
  const mac = desktopCommand(words, true, "darwin").argv;
  assert.deepEqual(mac.slice(-2), [`gust ${words.title}`, words.body]);
  assert.ok(mac.slice(0, -2).every((one) => !one.includes("api")));
  const windows = desktopCommand(words, true, "win32");
  assert.ok(windows.argv.every((one) => !one.includes("touch")));
  assert.equal(windows.env["GUST_NOTIFY_BODY"], words.body);
});

test("a terminal is told in the way that it knows, and by nothing else", () => {
  const words = { title: "a;b", body: "c" };
  assert.equal(terminalNotification(words, {}), "\u{1b}]777;notify;a,b;c\u{7}");
  assert.equal(terminalNotification(words, { TERM_PROGRAM: "iTerm.app" }), "\u{1b}]9;a;b: c\u{7}");
  const hostileWords = notificationWords(failed, subject) ?? words;
  const inside = terminalNotification(hostileWords, {}).slice(1, -1);
  assert.doesNotMatch(inside, /\p{Cc}/u);
});

test("one job runs at a time, and of those that wait the newest of each name", async () => {
  const queue = openJobQueue();
  const done: string[] = [];
  let finish: () => void = assert.fail;
  const first = new Promise<void>((resolve) => (finish = resolve));
  const job =
    (name: string, until: Promise<void> = Promise.resolve()) =>
    async () => {
      await until;
      done.push(name);
    };
  queue.add("live", job("live 1", first));
  queue.add("live", job("live 2"));
  queue.add("failure", job("failure 1"));
  const last = new Promise<void>((resolve) => {
    queue.add("live", async () => {
      done.push("live 3");
      resolve();
    });
  });
  assert.deepEqual(done, []);
  finish();
  await last;
  assert.deepEqual(done, ["live 1", "failure 1", "live 3"]);
});

test("at the end what runs is told to stop, and what waits is left", async () => {
  const queue = openJobQueue();
  const done: string[] = [];
  queue.add("a", async (signal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    done.push("a ended");
  });
  queue.add("b", async () => void done.push("b"));
  await queue.close();
  queue.add("c", async () => void done.push("c"));
  await queue.close();
  assert.deepEqual(done, ["a ended"]);
});

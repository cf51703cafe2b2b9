import assert from "node:assert/strict";
import { test } from "node:test";
import type { AssetChange, PageHello, PageLive, PageState } from "../../core/page-state.ts";
import type { ShownFailure } from "../../core/shown-failure.ts";
import { badgeFace } from "./badge-face.ts";
import {
  type Deed,
  type News,
  type PageModel,
  type PageVersion,
  decide,
  newPage,
  standing,
} from "./decide.ts";

type Kept = Parameters<typeof newPage>[1];

const nothingKept: Kept = {
  visible: true,
  tried: [],
  remembers: true,
  looping: false,
  closed: null,
  badgeClosed: false,
};
const state: PageState = { serving: 1, newest: 1, trouble: null, activity: "idle" };
const told = { run: "one", token: "t", console: false, overlay: true, badge: true };
const failure: ShownFailure = {
  code: "BUILD_FAILED",
  message: "the build failed",
  seen: [],
  hint: null,
  fix: null,
  places: [],
};

const hello = (change: Partial<PageState> = {}, other: Partial<PageHello> = {}): News => ({
  type: "hello",
  hello: { ...told, state: { ...state, ...change }, recent: [], edition: 0, ...other },
});
const become = (change: Partial<PageState>): News => ({
  type: "state",
  state: { ...state, ...change },
});
const red = (generation: number, message = "the build failed"): News =>
  become({
    newest: generation,
    trouble: { generation, failure: { ...failure, message } },
  });
const building = (newest: number): News => become({ newest, activity: "building" });
const live = (generation: number, assets: AssetChange | null = null): News => ({
  type: "live",
  live: { generation, previous: generation - 1, assets },
});
const assets = (change: Partial<AssetChange>): AssetChange => ({
  styles: [],
  images: [],
  others: [],
  ...change,
});
const changed = (change: AssetChange, edition = 1): News => ({
  type: "assets",
  assets: { ...change, edition },
});
const visible: News = { type: "visible", visible: true };
const hidden: News = { type: "visible", visible: false };
const lost: News = { type: "lost" };

/** All that stands has stood for its while. */
const later = "later";

interface Lived {
  readonly model: PageModel;
  readonly deeds: readonly Deed[];
}

function livedBy(model: PageModel, history: readonly (News | typeof later)[]): Lived {
  let lived: Lived = { model, deeds: [] };
  const hear = (news: News): void => {
    const [next, deeds] = decide(lived.model, news);
    lived = { model: next, deeds: [...lived.deeds, ...deeds] };
  };
  for (const news of history) {
    if (news !== later) hear(news);
    else {
      for (const name of ["trouble", "busy", "lost", "older"] as const) {
        const key = standing(lived.model)[name];
        if (key !== null) hear({ type: "stood", name, key });
      }
    }
  }
  return lived;
}

/** What a page of build 1 does: each reload by its key, each exchange by its names. */
function check(
  history: readonly (News | typeof later)[],
  expected: readonly string[],
  kept: Partial<Kept> & Partial<PageVersion> = {},
): void {
  const { deeds } = livedBy(
    newPage({ build: 1, run: "", ...kept }, { ...nothingKept, ...kept }),
    history,
  );
  assert.deepEqual(deeds.map(said), expected);
}

function said(deed: Deed): string {
  return deed.type === "reload"
    ? [deed.key, ...deed.renew].join(" ")
    : [...deed.assets.styles, ...deed.assets.images].join(" ");
}

/** What is seen: the overlay's failure, or the badge. */
function checkSeen(
  history: readonly (News | typeof later)[],
  expected: string | null,
  kept: Partial<Kept> = {},
): void {
  const { model } = livedBy(newPage({ build: 1, run: "" }, { ...nothingKept, ...kept }), history);
  const { overlay } = model;
  const seen = overlay === null ? badgeFace(model) : `overlay #${overlay.generation}`;
  assert.equal(typeof seen === "string" || seen === null ? seen : seen.text, expected);
}

test("a page is loaded when another build answers, and only then", () => {
  check([hello(), later], []);
  check([hello(), building(2), become({ newest: 2, activity: "starting" }), later], []);
  check([hello(), building(2), live(2), become({ serving: 2, newest: 2 }), later], ["one 2"]);
  check([hello({ serving: 2, newest: 2 })], ["one 2"]);
  check([hello({ serving: null }), become({ serving: null, newest: 2 })], []);
  check([hello({ serving: null }), live(2)], ["one 2"]);
  // The same version again: a restart, or a new connection.
  check([hello(), lost, hello(), live(1), become({})], []);
  // Nothing is known before gust's first word.
  check([live(2), become({ serving: 2 })], []);
});

test("a version that is older than the page has to stand for a moment", () => {
  const behind = { serving: 12, newest: 13 };
  check([hello(behind)], [], { build: 13 });
  check([hello(behind), live(13), later], [], { build: 13 });
  check([hello(behind), later], ["one 12"], { build: 13 });
});

test("a hidden page waits until it is seen, and loads once for all that it missed", () => {
  check([hidden, hello(), live(2), live(3), later], []);
  check([hidden, hello(), live(2), live(3), visible, visible], ["one 3"]);
  check([hidden, hello(), live(2), become({ serving: null }), visible], []);
  check([hidden, hello(), live(2), lost, visible], []);
  check([hidden, hello(), live(2), lost, visible, hello({ serving: 2 })], ["one 2"]);
});

test("another run of gust has other builds by the same numbers", () => {
  check([hello(), lost, hello({}, { run: "two" })], ["wanted 1"]);
  check([hello(), hidden, lost, hello({}, { run: "two" })], []);
  check([hello(), lost, hello({ serving: null }, { run: "two" }), live(1)], ["wanted 1"]);
  // One that comes from a cache tells the run that it was from.
  check([hello()], [], { run: "on" });
  check([hello()], ["one 1"], { run: "two" });
  check([hello(), live(2)], ["one 1", "one 2"], { run: "two" });
  check([hello()], [], { run: "two", tried: ["one 1"] });
});

test("what a page load has not brought is not tried again", () => {
  const { model } = livedBy(newPage({ build: 1, run: "" }, nothingKept), [
    hello(),
    live(2),
    live(2),
    visible,
  ]);
  assert.equal(model.begun, "one 2");
  check([hello({ serving: 2 }), live(2), visible], [], { tried: ["one 2"] });
  check([hello({ serving: 2 }), live(3)], ["one 3"], { tried: ["one 2"] });
  // A run that numbers anew.
  check([hello({ serving: 2 }, { run: "two" })], ["two 2"], { tried: ["one 2"] });
  // Where nothing can be kept, only what is new since the page came counts.
  check([hello({ serving: 2 })], [], { remembers: false });
  check([hello({ serving: 2 }), live(3)], ["one 3"], { remembers: false });
});

test("styles and images are exchanged, and the page is of the new build", () => {
  const styles = assets({ styles: ["a.css"], images: ["b.png"] });
  check([hello(), live(2, styles), become({ serving: 2, newest: 2 }), later], ["a.css b.png"]);
  check([hello(), hidden, live(2, styles), visible], ["a.css b.png"]);
  // A page that has missed the version before needs more than the difference.
  check([hello(), hidden, live(2), live(3, styles), visible], ["one 3"]);
  check([hello(), changed(styles)], ["a.css b.png"]);
  check([hello(), live(2, assets({ styles: ["a.css"], others: ["b.js"] }))], ["one 2"]);
  check([hello(), changed(assets({ others: ["a.js"] }))], ["wanted 1 a.js"]);
  check([hidden, hello(), changed(assets({ others: ["a.js"] }))], []);
});

const was = (generation: number, change: AssetChange | null): PageLive => ({
  generation,
  previous: generation - 1,
  assets: change,
});

test("what was missed while there was no connection is made up for", () => {
  const styles = assets({ styles: ["a.css"] });
  const at3 = { serving: 3, newest: 3 };
  const two = [was(2, styles), was(3, assets({ images: ["b.png"] }))];
  check([hello(), lost, hello(at3, { recent: two }), later], ["a.css", "b.png"]);
  check([hello(at3, { recent: two })], ["b.png"], { build: 2 });
  check([hello(at3, { recent: [was(2, styles), was(3, null)] })], ["a.css", "one 3"]);
  check([hello(), lost, hello(at3, { recent: two, run: "two" })], ["wanted 1"]);
  check([hello({}, { edition: 4 }), lost, hello({}, { edition: 5 })], ["wanted 1"]);
  check([hello({}, { edition: 4 }), lost, hello({}, { edition: 4 })], []);
  check(
    [hello({}, { edition: 4 }), changed(styles, 5), lost, hello({}, { edition: 5 })],
    ["a.css"],
  );
});

test("what could not be exchanged brings a page load, unless loads are what changes it", () => {
  const html = changed(assets({ others: ["a.html"] }));
  check([hello(), { type: "not-exchanged", names: ["a.css"] }], ["wanted 1 a.css"]);
  check([hello(), html], [], { looping: true });
  check([hello(), html, live(2)], ["one 2 a.html"], { looping: true });
  checkSeen([hello(), html], "#1 · a.html changes with each load", { looping: true });
});

test("a failure is shown when it has stood for a moment, and is gone when it is green", () => {
  checkSeen([hello(), red(2)], "#1 · #2 failed");
  checkSeen([hello(), red(2), later], "overlay #2");
  checkSeen([hello(), red(2), building(3), later], "#1 · #3 is being built …");
  // What was shown stays until it is known whether it is cured.
  checkSeen([hello(), red(2), later, building(3)], "overlay #2");
  checkSeen([hello(), red(2), later, building(3), red(3)], "overlay #3");
  checkSeen([hello(), red(2), later, become({ newest: 3 })], "#1 · #3 is not live");
  checkSeen([hello(), red(2), later, become({})], null);
  checkSeen([hello(), red(2), later, lost], "overlay #2");
  checkSeen([hello(), red(2), lost], "#1 · #2 failed");
  checkSeen([hello(), red(2), later, lost, later], "#1 · gust does not answer");
  checkSeen([hello({}, { overlay: false }), red(2), later], "#1 · #2 failed");
  checkSeen([hello({}, { overlay: false, badge: false }), red(2), later], null);
});

test("an overlay that was closed stays away until the next failure", () => {
  const closed: News = { type: "overlay-closed" };
  checkSeen([hello(), red(2), later, closed, later], "#1 · #2 failed");
  checkSeen([hello(), red(2), later, closed, building(3), red(3), later], "overlay #3");
  checkSeen([hello(), red(2), later, closed, red(2, "it crashed"), later], "overlay #2");
  checkSeen([hello(), red(2), later, closed, { type: "overlay-asked" }], "overlay #2");
  const { model } = livedBy(newPage({ build: 1, run: "" }, nothingKept), [
    hello(),
    red(2),
    later,
    closed,
  ]);
  // Of another page load, in the same tab.
  const again = { ...nothingKept, closed: model.closed };
  const { model: next } = livedBy(newPage({ build: 1, run: "" }, again), [hello(), red(2), later]);
  assert.equal(next.overlay, null);
});

test("the badge says what is not as one would think", () => {
  checkSeen([hello()], null);
  checkSeen([], null);
  checkSeen([lost, later], null);
  checkSeen([hello(), building(2)], null);
  checkSeen([hello(), building(2), later], "#1 · #2 is being built …");
  checkSeen([hello(), become({ activity: "testing" }), later], "#1 · tests run …");
  checkSeen([hello(), lost], null);
  checkSeen([hello(), lost, later], "#1 · gust does not answer");
  checkSeen([hello(), lost, later, hello()], null);
  checkSeen([hello({ serving: 2 })], "#1 from a cache · #2 is live", { tried: ["one 2"] });
  // The user has stopped the reload, as the page has asked whether to.
  checkSeen([hello(), live(2)], "#1 · #2 is live");
  checkSeen([hello(), red(2), { type: "badge-closed" }], null);
  const testsFailed = { generation: 1, failure: { ...failure, code: "TESTS_FAILED" as const } };
  checkSeen([hello(), become({ trouble: testsFailed })], "#1 · tests failed");
  checkSeen([hello(), become({ trouble: { generation: 2, failure: null } })], "#1 · #2 failed");
});

test("what stands for a while begins anew when it was gone", () => {
  checkSeen([hello(), building(2), later, become({}), building(3)], null);
  checkSeen([hello(), lost, later, hello(), lost], null);
});

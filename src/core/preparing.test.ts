import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Script,
  built,
  effectsOf,
  exited,
  first,
  gone,
  red,
  save,
  script,
  up,
} from "../../test/world/script.ts";
import type { Effect } from "./effect.ts";
import type { Happening, Preparation } from "./event.ts";

/** Compares what is asked of the builder, and the timer for it. */
function check(steps: () => Script, expected: readonly string[]): void {
  assert.deepEqual(effectsOf(script(steps)).flatMap(show), expected);
}

function show(effect: Effect): string[] {
  const timed = "timer" in effect && effect.timer === "prepare";
  if (effect.type === "start-timer") return timed ? [`wait ${effect.ms}`] : [];
  if (effect.type === "cancel-timer") return timed ? ["wait no more"] : [];
  if (effect.type === "prepare-build") return [effect.what];
  if (effect.type === "announce" && effect.notice.type === "linker") {
    return [`(${effect.notice.outcome.type})`];
  }
  if (effect.type === "cancel-preparation") return ["give up"];
  if (effect.type !== "start-build") return [];
  const { modified, other } = effect.changes;
  return [
    `build #${effect.generation}: ${modified.join(" ")}${other === null ? "" : ` (${other})`}`,
  ];
}

const graph: Happening = {
  type: "graph-loaded",
  version: 1,
  graph: {
    complete: true,
    main: "app",
    mainDir: "/app",
    links: { net: true, http: true, grpc: false, fasthttp: false },
    packageDirs: ["/app"],
    goFiles: ["/app/main.go"],
    ignoredGoFiles: [],
    nativeFiles: [],
    embedFiles: [],
    embedPatterns: [],
    moduleFiles: [],
    moduleDirs: ["/app"],
  },
};

const prepared = (outcome: Preparation): Happening => ({ type: "build-prepared", outcome });
const ready = prepared({ type: "ready", packages: 1 });
const preloaded = prepared({ type: "preloaded" });
const quiet: Happening = { type: "timer-fired", timer: "prepare" };

/** The second version, which compiler and linker have made. */
function direct(generation: number): Happening {
  const happening = built(generation);
  if (happening.type !== "build-finished" || happening.outcome.type !== "built") return happening;
  const route = { type: "direct", packages: 1, preloaded: true } as const;
  return { ...happening, outcome: { ...happening.outcome, route } };
}

const replaced = (generation: number): Happening[] => [
  exited(generation - 1, 0),
  gone(generation - 1),
  ...up(generation),
];

const begun = ["build #1:  (it is the first build)", "plan"];
const waiting = [...begun, "linker", "(preloaded)"];
const later = { after: 5000 };
const none = (reason: string): Happening => prepared({ type: "not-preloaded", reason });
const saved = (): Script => [...first, graph, ready, preloaded, later, ...save()];

test("when the first version is live and the graph is known, the go command is asked how it built", () => {
  check(() => first, begun.slice(0, 1));
  check(() => [...first, graph], begun);
});

test("a save tells the builder which files have changed, and gives up what it is asked for meanwhile", () => {
  check(() => [...first, graph, later, ...save()], [...begun, "give up", "build #2: /app/main.go"]);
  check(saved, [...waiting, "build #2: /app/main.go"]);
});

test("a linker is asked to wait as soon as a direct build is live, and it is looked at once it is quiet", () => {
  const built = [...waiting, "build #2: /app/main.go"];
  check(
    () => [...saved(), direct(2), ...replaced(2), preloaded, quiet],
    [...built, "linker", "wait 2000", "check"],
  );
  check(
    () => [...saved(), direct(2), ...replaced(2), preloaded, later, ...save()],
    [...built, "linker", "wait 2000", "wait no more", "build #3: /app/main.go"],
  );
});

const twice = (): Script => [...saved(), direct(2), ...replaced(2), later, ...save()];

test("a save gives up the linker that loads, which is due again after it", () => {
  const given = prepared({ type: "cancelled" });
  const built = [...waiting, "build #2: /app/main.go", "linker", "give up"];
  check(twice, [...built, "build #3: /app/main.go"]);
  check(
    () => [...twice(), given, direct(3), ...replaced(3)],
    [...built, "build #3: /app/main.go", "linker"],
  );
});

/** What is said of the linker after each of these saves. */
const news = (...outcomes: Happening[]): readonly object[] =>
  effectsOf(
    script(() => [
      ...first,
      graph,
      ready,
      ...outcomes.flatMap((outcome, i) => [
        outcome,
        later,
        ...save(),
        direct(i + 2),
        ...replaced(i + 2),
      ]),
    ]),
  ).flatMap((effect) =>
    effect.type === "announce" && effect.notice.type === "linker" ? effect.notice.outcome : [],
  );

test("that no linker waits is said once for each reason", () => {
  assert.deepEqual(news(none("a"), none("a"), none("b"), preloaded, preloaded), [
    { type: "not-preloaded", reason: "a" },
    { type: "not-preloaded", reason: "b" },
    { type: "preloaded" },
  ]);
});

test("after a build of the go command it is asked again at once, but not while nothing compiles", () => {
  const so = [...waiting, "build #2: /app/main.go"];
  check(() => [...saved(), built(2), ...replaced(2)], [...so, "plan"]);
  check(() => [...saved(), red(2)], so);
});

test("what the go command compiles to something else is built again by it", () => {
  const doubtful = prepared({ type: "doubtful", package: "app" });
  check(
    () => [...saved(), direct(2), ...replaced(2), later, preloaded, quiet, doubtful],
    [
      ...waiting,
      "build #2: /app/main.go",
      "linker",
      "wait 2000",
      "check",
      "build #3:  (it was asked for)",
    ],
  );
});

test("what was given up is due again", () => {
  const given = prepared({ type: "cancelled" });
  check(
    () => [...first, graph, later, ...save(), given, built(2), ...replaced(2)],
    [...begun, "give up", "build #2: /app/main.go", "plan"],
  );
});

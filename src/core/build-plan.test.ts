import assert from "node:assert/strict";
import { test } from "node:test";
import { type BuildPlan, makePlan, packagesOf, readyPackages } from "./build-plan.ts";
import { readBuildScript } from "./build-script.ts";

interface Sample {
  readonly name: string;
  readonly imports?: readonly string[];
  /** Arguments of the compiler besides the usual ones. */
  readonly extra?: string;
  readonly local?: boolean;
}

/** A script as `go build -a -n` prints it, for packages of which the last one is the main package. */
function scriptOf(samples: readonly Sample[], modinfo = ""): string {
  const action = (name: string): string =>
    `b${String(samples.findIndex((one) => one.name === name) + 1).padStart(3, "0")}`;
  const file = (name: string): string => `packagefile ${name}=$WORK/${action(name)}/_pkg_.a`;
  const compiles = samples.flatMap(({ name, imports = [], extra = "-complete" }) => [
    `cat >$WORK/${action(name)}/importcfg << 'EOF' # internal`,
    "# import config",
    ...imports.map(file),
    "EOF",
    `/go/compile -o $WORK/${action(name)}/_pkg_.a -p ${name} ${extra} /src/${name}/${name}.go`,
  ]);
  const main = samples.at(-1)?.name ?? "";
  return [
    ...compiles,
    "cat >$WORK/b001/importcfg.link << 'EOF' # internal",
    ...samples.map(({ name }) => file(name)),
    `modinfo "${modinfo}"`,
    "EOF",
    `/go/link -o $WORK/b001/exe/a.out -importcfg x $WORK/${action(main)}/_pkg_.a`,
  ].join("\n");
}

function planOf(samples: readonly Sample[], modinfo = ""): BuildPlan {
  const listed = samples.map(({ name, local = true }) => ({
    path: name,
    dir: `/src/${name}`,
    object: `/cache/${name}`,
    local,
  }));
  const plan = makePlan(readBuildScript(scriptOf(samples, modinfo)), listed);
  if (typeof plan === "string") assert.fail(plan);
  return plan;
}

const diamond: readonly Sample[] = [
  { name: "fmt", local: false },
  { name: "base", imports: ["fmt"] },
  { name: "left", imports: ["base"] },
  { name: "right", imports: ["base", "fmt"] },
  { name: "app", imports: ["left", "right"] },
];

test("a plan knows whose a file is, who imports whom, and what is linked", () => {
  const plan = planOf(diamond);
  assert.deepEqual([...plan.packages.keys()], ["base", "left", "right", "app"]);
  assert.equal(plan.owners.get("/src/left/left.go"), "left");
  assert.deepEqual(plan.importers.get("base"), ["left", "right"]);
  assert.deepEqual(plan.packages.get("right")?.imports, ["base", "fmt"]);
  assert.deepEqual(plan.link.packages, ["fmt", "base", "left", "right", "app"]);
  assert.deepEqual([plan.link.main, plan.link.importcfg], ["app", ['modinfo ""']]);
  assert.equal(plan.objects.get("fmt"), "/cache/fmt");
});

test("a package is compiled when nothing that it imports is to be compiled before", () => {
  const plan = planOf(diamond);
  const check = (todo: readonly string[], running: readonly string[], expected: string[]): void =>
    assert.deepEqual(readyPackages(plan, new Set(todo), new Set(running)), expected);
  check(["base"], [], ["base"]);
  check(["app", "base"], [], ["base"]);
  check(["app", "right", "left"], [], ["left", "right"]);
  check(["app", "right"], ["left"], ["right"]);
  check(["app"], ["base"], []);
  check(["app"], [], ["app"]);
});

function checkObstacle(extra: string, expected: RegExp | null): void {
  const plan = planOf([{ name: "app", extra }]);
  const found = packagesOf(plan, ["/src/app/app.go"]);
  if (expected === null) assert.deepEqual(found, { packages: ["app"] });
  else assert.match("reason" in found ? found.reason : "", expected, extra);
}

test("what is more than Go files, or is made for the build, is left to the go command", () => {
  checkObstacle("-complete", null);
  checkObstacle("-complete -race -N -l", null);
  checkObstacle("-complete -pgoprofile=/home/profile", null);
  checkObstacle("", /more than Go files/);
  checkObstacle("-complete -symabis $WORK/b001/symabis", /assembly/);
  checkObstacle("-complete -asmhdr $WORK/b001/go_asm.h", /assembly/);
  checkObstacle("-complete -coveragecfg=$WORK/b001/cov", /coverage/);
  checkObstacle("-complete -pgoprofile=$WORK/b009/pgo.preprofile", null);
  checkObstacle('-complete "-x a ./y"', /blanks/);
  checkObstacle("-complete $WORK/b001/_cgo_gotypes.go", /generated/);
});

test("a file that was not compiled is looked at by the go command", () => {
  const found = packagesOf(planOf(diamond), ["/src/left/left.go", "/src/left/other.go"]);
  assert.match("reason" in found ? found.reason : "", /other\.go belongs to no package/);
});

test("a package of somebody else's that imports one of the user's is left to the go command", () => {
  const [fmt, base, left, right, app] = diamond;
  const plan = planOf(
    [fmt, base, left, right, app].flatMap((one) =>
      one === undefined ? [] : [one.name === "left" ? { ...one, local: false } : one],
    ),
  );
  assert.deepEqual(plan.importers.get("base"), ["left", "right"]);
  assert.equal(plan.packages.get("left")?.obstacle, "left is not yours");
});

test("there is no plan where the program is not linked as usual, or a package is not there", () => {
  const script = readBuildScript(scriptOf(diamond));
  const unlinked = makePlan({ ...script, link: null }, []);
  assert.match(JSON.stringify(unlinked), /linker/);
  assert.match(JSON.stringify(makePlan(script, [])), /compiled form of fmt/);
});

function checkVcs(modinfo: string, expected: BuildPlan["vcs"]): void {
  assert.deepEqual(planOf([{ name: "app" }], modinfo).vcs, expected);
}

test("what a binary tells of version control is read from its build information", () => {
  checkVcs(String.raw`path\tapp\nmod\tapp\t(devel)\t\n`, null);
  const stamp = String.raw`build\tvcs=git\nbuild\tvcs.revision=0dd1aa\nbuild\tvcs.time=2026-11-27T19:23:40Z\n`;
  const git = { system: "git", revision: "0dd1aa" };
  checkVcs(String.raw`${stamp}build\tvcs.modified=true\n`, { ...git, modified: true });
  checkVcs(String.raw`${stamp}build\tvcs.modified=false\n`, { ...git, modified: false });
});

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { test } from "node:test";
import type { BuildDiff, Dashboard, PackageGraph, Save } from "../../src/core/dashboard.ts";
import { OpenDashboard, nextBoard, nextLine, nextSave } from "./dashboard-kit.ts";
import { PATIENCE_MS } from "./events.ts";
import { Gust, ask, runGust } from "./gust.ts";
import { Project, answerFile, hooksFile } from "./project.ts";
import { answer, create, liveOf, word } from "./services-project.ts";

const one = ({ services }: Dashboard) => services[0] ?? assert.fail("there is no service");

test("a save is a bar whose phases are one after the other and all of its time", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  const dashboard = await OpenDashboard.open(gust);
  const listener = await dashboard.listen();
  await gust.saveAndLive("answer.go", answerFile("1"));
  const live = await nextSave(listener, ({ outcome, generation }) => {
    return outcome === "live" && generation === 2;
  });
  checkPhases(live);
  assert.deepEqual(live.cause.type === "files" ? live.cause.files[0]?.edits : null, [
    { edit: "changed", name: "answer" },
  ]);
  assert.notEqual(live.route, null);
  assert.equal(live.failure, null);
  // The one before may have ended already when it is told that the save is live.
  const drained = isDrained(live) ? live : await nextSave(listener, isDrained);
  checkPhases(drained);
  assert.equal(drained.generation, 2);
  listener.close();
  const seen = one((await dashboard.now()).dashboard);
  assert.deepEqual(
    seen.saves.map(({ generation, outcome }) => `${generation} ${outcome}`),
    ["2 live", "1 live"],
  );
  assert.deepEqual(seen.saves[0], drained);
  assert.equal(seen.drain?.generation, 1);
  assert.equal(seen.state.live, true);
  assert.ok((seen.liveSince ?? 0) >= live.at);
  assert.deepEqual(
    seen.builds.map(({ build, serving }) => [build, serving]),
    [
      [2, true],
      [1, false],
    ],
  );
  await gust.stop();
});

const isDrained = ({ phases }: Save): boolean => phases.at(-1)?.name === "drain";

/** In order, without gaps, and as long as the save itself; what drains comes after it. */
function checkPhases({ phases, totalMs }: Save): void {
  let end = 0;
  for (const { name, startMs, durationMs } of phases) {
    assert.ok(Math.abs(startMs - end) < 0.2, `${name} begins at ${startMs}, not ${end}`);
    end = startMs + durationMs;
  }
  const own = phases.filter(({ name }) => name !== "drain");
  const sum = own.reduce((all, { durationMs }) => all + durationMs, 0);
  assert.ok(totalMs !== null && Math.abs(sum - totalMs) < 0.5, `${sum} of ${totalMs}`);
  const names = own.map(({ name }) => name);
  assert.ok(names.includes("start") && names.includes("classify"), names.join(" "));
  assert.ok(names.includes("build") || names.includes("link"), names.join(" "));
}

test("where one version ends before the next, its end is a phase, and nobody answers meanwhile", async (t) => {
  const project = await Project.create(t, "web", { "gust.toml": '[run]\nswap = "stop-start"\n' });
  const gust = await Gust.start(project);
  await gust.next("live");
  const dashboard = await OpenDashboard.open(gust);
  await gust.saveAndLive("answer.go", answerFile("1"));
  await gust.next("state", ({ activity, live }) => activity === "idle" && live);
  const { saves, drain } = one((await dashboard.now()).dashboard);
  const [save = assert.fail("there is no save")] = saves;
  checkPhases(save);
  const names = save.phases.map(({ name }) => name);
  assert.deepEqual(names.slice(-2), ["stop", "start"]);
  const down = save.phases.slice(-2).reduce((sum, { durationMs }) => sum + durationMs, 0);
  assert.ok(Math.abs(down - (save.downtimeMs ?? 0)) < 0.5, JSON.stringify(save));
  assert.equal(drain?.generation, 1);
  await gust.stop();
});

test("what is broken is shown with its lines, and is gone when it is right again", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  const dashboard = await OpenDashboard.open(gust);
  const listener = await dashboard.listen();
  await project.save("answer.go", "package main\n\nfunc answer() string { return <b>x</b> }\n");
  const red = await nextBoard(listener, ({ failure }) => failure !== null);
  const [place] = red.failure?.places ?? [];
  assert.equal(red.failure?.code, "BUILD_FAILED");
  assert.equal(place?.name, "answer.go");
  assert.equal(place?.line, 3);
  assert.ok(place?.frame.some((line) => line.includes("<b>x</b>")));
  // Those that are new have come by themselves.
  assert.equal(red.saves, undefined);
  const [save] = one((await dashboard.now()).dashboard).saves;
  assert.equal(save?.outcome, "failed");
  assert.deepEqual(save?.failure, red.failure);
  assert.equal(red.state.serving?.generation, 1);
  await gust.saveAndLive("answer.go", answerFile("1"));
  await nextBoard(listener, ({ failure, state }) => failure === null && state.live);
  assert.deepEqual(
    one((await dashboard.now()).dashboard).saves.map(({ outcome }) => outcome),
    ["live", "failed", "live"],
  );
  listener.close();
  await gust.stop();
});

test("a roll-back and other actions are done by POST, and what is not possible is refused", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.saveAndLive("answer.go", answerFile("1"));
  const dashboard = await OpenDashboard.open(gust);
  const listener = await dashboard.listen();
  const back = await dashboard.act({ type: "rollback", service: "", to: 1 });
  assert.deepEqual(back, { status: 204, body: "" });
  assert.equal((await gust.next("rolled-back")).to, 1);
  assert.equal(await gust.get(), "0");
  await nextBoard(listener, ({ state }) => state.serving?.generation === 1);
  assert.deepEqual(
    one((await dashboard.now()).dashboard).saves.map(({ outcome }) => outcome),
    ["rolled-back", "live"],
  );
  assert.equal((await dashboard.act({ type: "rollback", service: "", to: 77 })).status, 404);
  assert.equal((await dashboard.act({ type: "fix", service: "" })).status, 409);
  assert.equal((await dashboard.act({ type: "swap", service: "nobody" })).status, 404);
  assert.equal((await dashboard.act({ type: "tests", service: "", what: "all" })).status, 400);
  assert.equal((await dashboard.act({ type: "swap", service: "" })).status, 204);
  const live = await gust.next("live", ({ cause }) => cause.type === "request");
  assert.deepEqual(live.cause, { type: "request", origin: "browser" });
  listener.close();
  await gust.stop();
});

test("a click opens a source of the program in the editor, and no other file", async (t) => {
  const name = 'it\'s "a" $(touch x) file.go';
  const project = await Project.create(t, "web", { [name]: "package main\n" });
  await project.save(
    "../bin/code",
    '#!/bin/sh\nprintf "%s\\n" "$@" > "$OPENED.part"\nmv "$OPENED.part" "$OPENED"\n',
  );
  await chmod(project.path("../bin/code"), 0o755);
  const opened = project.path("../opened");
  const env = {
    PATH: `${project.path("../bin")}:${process.env["PATH"]}`,
    GUST_EDITOR: "code",
    OPENED: opened,
  };
  const gust = await Gust.start(project, { env });
  await gust.next("live");
  const dashboard = await OpenDashboard.open(gust);
  const place = { type: "open", line: 1, column: 0 } as const;
  for (const file of ["/etc/passwd", project.path("../opened"), "main.go", project.path("no.go")]) {
    assert.equal((await dashboard.act({ ...place, file })).status, 400, file);
  }
  const file = project.path(name);
  assert.deepEqual(await dashboard.act({ ...place, file }), { status: 204, body: "" });
  for (const deadline = Date.now() + PATIENCE_MS; !existsSync(opened);) {
    assert.ok(Date.now() < deadline, "no editor was started");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok((await readFile(opened, "utf8")).endsWith(`${file}:1\n`));
  await gust.stop();
});

test("two builds differ by the function that has changed", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  await gust.saveAndLive(
    "answer.go",
    `package main\n\nimport "strings"\n\nfunc answer() string { return strings.Repeat(longer(3), 2) }\n\n//go:noinline\nfunc longer(n int) string { return strings.Repeat("x", n*n) }\n`,
  );
  const dashboard = await OpenDashboard.open(gust);
  const { status, body } = await dashboard.get("/api/diff?service=&from=1&to=2");
  assert.equal(status, 200);
  const { from, to, bytes, symbols, packages } = body as BuildDiff;
  assert.deepEqual([from, to], [1, 2]);
  const added = symbols.find(({ name }) => name === "main.longer");
  assert.equal(added?.change, "added");
  assert.ok(packages.some(({ path }) => path === "main"));
  const kept = one((await dashboard.now()).dashboard).builds;
  assert.deepEqual([bytes.from, bytes.to], [kept[1]?.bytes, kept[0]?.bytes]);
  assert.equal((await dashboard.get("/api/diff?service=&from=1&to=9")).status, 404);
  await gust.stop();
});

test("log lines arrive with their levels, those from before as well", async (t) => {
  const project = await Project.create(t, "web", {
    "hooks.go": hooksFile({
      imports: ["fmt", "log/slog"],
      atStart: `
	fmt.Println("\\x1b[31mplain\\x1b[0m <script>alert(1)</script>")
	slog.Error("broken")
	fmt.Fprint(os.Stderr, "half of a line, ")
	fmt.Fprintln(os.Stderr, "and the rest of it")
	fmt.Println("level=WARN late")`,
    }),
  });
  const gust = await Gust.start(project);
  await gust.next("live");
  // Each stream has a way of its own to gust.
  await gust.printed(/late\n/);
  await gust.printed(/the rest of it\n/, "stderr");
  const dashboard = await OpenDashboard.open(gust);
  const listener = await dashboard.listen();
  const plain = await nextLine(listener, ({ text }) => text.startsWith("plain"));
  assert.equal(plain.text, "plain <script>alert(1)</script>");
  assert.deepEqual([plain.stream, plain.level, plain.generation], ["stdout", null, 1]);
  const { lines } = await dashboard.now();
  assert.ok(lines.some(({ text }) => text === "half of a line, and the rest of it"));
  const broken = lines.find(({ text }) => text.includes("broken"));
  assert.equal(broken?.level, "error");
  assert.deepEqual(
    lines.map(({ id }) => id),
    lines.map((_, index) => index + 1),
  );
  await gust.saveAndLive("answer.go", answerFile("1"));
  const warned = await nextLine(listener, (line) => {
    return line.generation === 2 && line.text.includes("late");
  });
  assert.ok(warned.id > plain.id);
  assert.equal(warned.level, "warn");
  listener.close();
  await gust.stop();
});

test("several services are shown by one dashboard, each with its own saves and actions", async (t) => {
  const { project, ports } = await create(t);
  const gust = await Gust.start(project);
  await liveOf(gust, "api");
  await liveOf(gust, "worker");
  const dashboard = await OpenDashboard.open(gust);
  assert.equal((await OpenDashboard.open(gust)).url, dashboard.url);
  const { services } = (await dashboard.now()).dashboard;
  // In the order of their plan, whichever was up first.
  assert.deepEqual(
    services.map(({ name }) => name),
    ["api", "worker"],
  );
  const listener = await dashboard.listen();
  await project.save("shared/word.go", word("two"));
  await liveOf(gust, "api");
  await liveOf(gust, "worker");
  await nextSave(listener, (save, service) => service === "worker" && save.outcome === "live");
  assert.equal(await answer(ports.worker), "worker two");
  assert.equal((await dashboard.act({ type: "rollback", service: "api", to: 1 })).status, 204);
  await gust.next("rolled-back", ({ service }) => service === "api");
  assert.equal(await answer(ports.api), "api one");
  assert.equal(await answer(ports.worker), "worker two");
  const { body } = await dashboard.get("/api/graph?service=api");
  const { packages } = body as PackageGraph;
  assert.deepEqual(
    packages.map(({ path, rebuilds }) => [path, rebuilds]),
    [
      ["example.com/api", ["example.com/api"]],
      ["example.com/shared", ["example.com/shared", "example.com/api"]],
    ],
  );
  listener.close();
  await gust.stop();
});

test("a gust that has none says so, and one that does not run too", async (t) => {
  const project = await Project.create(t, "web", { "gust.toml": "[ui]\nenabled = false\n" });
  const nobody = await runGust(project, { command: "ui", args: ["--print"], json: false });
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /no gust runs/);
  const gust = await Gust.start(project);
  await gust.next("live");
  const off = await runGust(project, { command: "ui", args: ["--print"], json: false });
  assert.equal(off.code, 1);
  assert.match(off.stderr, /ui\.enabled = false/);
  await gust.stop();
  const staging = await Gust.start(project, { args: ["--env", "staging"] });
  await staging.next("live");
  const none = await runGust(project, { command: "ui", args: ["--print"], json: false });
  assert.equal(none.code, 1);
  assert.match(none.stderr, /no dashboard in staging/);
  await staging.stop();
});

test("nothing listens before it is asked for, and it is told where it is then", async (t) => {
  const project = await Project.create(t, "web");
  const gust = await Gust.start(project);
  await gust.next("live");
  assert.equal(gust.log.last("dashboard"), undefined);
  const dashboard = await OpenDashboard.open(gust);
  assert.equal((await gust.next("dashboard")).url, dashboard.url);
  assert.equal((await dashboard.get("/api/graph?service=")).status, 200);
  await gust.stop();
  await assert.rejects(ask("/", Number(new URL(dashboard.origin).port)));
});

import assert from "node:assert/strict";
import { chmod, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { good, messages, options, project } from "../../test/support/config-project.ts";
import type { Config, Loaded, LoadOptions } from "./config.ts";
import { splitAirFlags } from "./flags.ts";

async function fixture(t: TestContext, name: string): Promise<{ dir: string; loaded: Loaded }> {
  const text = await readFile(`test/fixtures/air/${name}.toml`, "utf8");
  const dir = await project(t, { ".air.toml": text });
  return { dir, loaded: await good(options(dir)) };
}

/** What does not depend on the place of a project. */
const plain = (config: Config): unknown => ({
  ...config,
  dir: "",
  root: "",
  tmpDir: "",
  testdataDir: "",
  package: "",
  build: { ...config.build, delayMs: 0, excludeDir: [], log: "" },
});

const delay = (ms: number): string => `[build]\ndelay = ${ms}\n`;

/** What the tests below do not set. */
const swap = {
  swap: "auto",
  streams: "last",
  holdTimeoutMs: 30_000,
  buildHeader: true,
  drainTimeoutMs: 10_000,
} as const;

test("without a file everything is gust's own choice", async (t) => {
  const dir = await project(t, {});
  const { config, source, files, warnings } = await good(options(dir));
  assert.equal(source, "none");
  assert.deepEqual(
    files,
    ["gust.toml", ".air.toml", ".config/air.toml"].map((name) => join(dir, name)),
  );
  assert.deepEqual(warnings, []);
  assert.equal(config.build.cmd, null);
  assert.deepEqual(config.start, { type: "built" });
  assert.equal(config.package, "");
  assert.equal(config.build.delayMs, 300);
  assert.equal(config.run.stopSignal, "SIGTERM");
});

test("the file that air init writes means what no file means", async (t) => {
  const { dir, loaded } = await fixture(t, "init");
  const without = await good(options(await project(t, {})));
  // It says that there are no env files, as air's default is; without a file the usual ones are read.
  const { envFiles } = loaded.config;
  assert.deepEqual(envFiles, []);
  assert.deepEqual(plain(loaded.config), plain({ ...without.config, envFiles }));
  assert.equal(loaded.config.package, ".");
  assert.equal(loaded.config.build.delayMs, 1000);
  assert.equal(loaded.config.build.log, join(dir, "tmp/build-errors.log"));
  assert.deepEqual(loaded.warnings, []);
  assert.equal(loaded.source, ".air.toml");
});

test("a file for delve keeps its shell line and takes kill_delay as the stop timeout", async (t) => {
  const { config } = (await fixture(t, "delve")).loaded;
  assert.equal(config.build.cmd, 'go build -gcflags="all=-N -l" -o ./tmp/main .');
  assert.deepEqual(config.build.goBuild, {
    dir: "",
    go: "go",
    env: [],
    flags: ["-gcflags=all=-N -l"],
    output: "./tmp/main",
    packages: ["."],
    alone: true,
  });
  assert.equal(config.start.type, "shell");
  assert.deepEqual(config.run, {
    stopSignal: "SIGINT",
    stopTimeoutMs: 500,
    ...swap,
    probationMs: 5000,
    restart: "never",
    restartDelayMs: 500,
  });
  assert.equal(config.build.stopOnError, true);
});

test("a file for templ keeps its rules and its proxy", async (t) => {
  const { dir, loaded } = await fixture(t, "templ");
  const { config } = loaded;
  assert.deepEqual(config.start, { type: "file", path: join(dir, "tmp/main") });
  assert.equal(config.package, "./cmd/web");
  assert.equal(config.build.goBuild?.alone, false);
  assert.deepEqual(config.rules, [
    {
      name: "css",
      cmd: "npx tailwindcss -i web/css/in.css -o static/out.css",
      inputs: [],
      excludes: [],
      outputs: [],
      includeExt: ["css"],
      includeDir: ["web/css"],
      includeFile: [],
      excludeRegex: ["out\\.css$"],
      timeoutMs: 600_000,
      runAtStart: false,
      only: true,
    },
  ]);
  assert.equal(config.proxy.enabled, true);
  assert.deepEqual(loaded.warnings, []);
});

test("a file for containers keeps its zero values, absolute paths and arguments", async (t) => {
  const { dir, loaded } = await fixture(t, "docker");
  const { config } = loaded;
  assert.deepEqual(config.envFiles, [join(dir, ".env"), join(dir, ".env.local")]);
  assert.equal(config.tmpDir, "/tmp/air");
  assert.deepEqual(config.start, { type: "file", path: "/tmp/air/server" });
  assert.deepEqual(config.args, ["serve", "--message", "hello world"]);
  assert.deepEqual(config.build.goBuild?.env, ["CGO_ENABLED=0"]);
  assert.equal(config.package, "./cmd/server");
  assert.deepEqual(config.build.excludeDir, [join(dir, "web"), join(dir, "docs")]);
  assert.equal(config.build.log, null);
  assert.deepEqual(
    [config.build.delayMs, config.build.poll, config.build.pollIntervalMs],
    [0, true, 500],
  );
  assert.deepEqual(config.screen, { clearOnRebuild: true, keepScroll: false });
  assert.deepEqual(config.misc, { cleanOnExit: true, startupBanner: "" });
  assert.deepEqual(config.run, {
    stopSignal: "SIGINT",
    stopTimeoutMs: 5000,
    ...swap,
    probationMs: 5000,
    restart: "always",
    restartDelayMs: 2000,
  });
});

test("a file in a monorepo watches above where it runs", async (t) => {
  const text = await readFile("test/fixtures/air/monorepo.toml", "utf8");
  const top = await project(t, { "api/.air.toml": text });
  const dir = join(top, "api");
  const { config, warnings, origins } = await good(options(dir));
  assert.equal(config.dir, dir);
  assert.equal(config.root, top);
  assert.equal(config.tmpDir, join(top, "api/tmp"));
  assert.equal(config.build.cmd, "make build");
  assert.equal(config.build.goBuild, null);
  assert.deepEqual(config.start, { type: "shell", command: "APP_ENV=dev ./bin/api" });
  assert.deepEqual(config.args, ["--linux"]);
  assert.deepEqual(config.build.includeDir, [dir, join(top, "libs/shared")]);
  assert.deepEqual(config.build.includeFile, [join(top, "go.work")]);
  assert.deepEqual(
    warnings.map((warning) => warning.message),
    [".air.toml:18:2: unknown key serve"],
  );
  const file = join(dir, ".air.toml");
  assert.deepEqual(origins.get("build.args_bin"), { type: "platform", file, platform: "linux" });
});

test("the file is looked for as in air, and gust's own comes first", async (t) => {
  const dir = await project(t, { ".config/air.toml": delay(1), "other/x.toml": delay(9) });
  const seen = async (more: Partial<LoadOptions> = {}): Promise<readonly [string, number]> => {
    const loaded = await good(options(dir, more));
    return [loaded.source, loaded.config.build.delayMs];
  };
  assert.deepEqual(await seen(), [".air.toml", 1]);
  await writeFile(join(dir, ".air.toml"), delay(2));
  assert.deepEqual(await seen(), [".air.toml", 2]);
  await writeFile(join(dir, "gust.toml"), delay(3));
  assert.deepEqual(await seen(), ["gust.toml", 3]);
  assert.deepEqual(await seen({ configFile: "other/x.toml" }), [".air.toml", 9]);
  const flags = splitAirFlags(["--build.delay", "7"]).flags;
  assert.deepEqual(await seen({ flags }), ["gust.toml", 7]);
});

test("the command line wins over the platform, and the platform over the file", async (t) => {
  const text =
    '[build]\ncmd = "a"\nbin = "a"\n[build.linux]\ncmd = "b"\n[build.darwin]\ncmd = "c"\n';
  const dir = await project(t, { "gust.toml": text });
  const command = async (platform: NodeJS.Platform, argv: readonly string[]) =>
    (await good(options(dir, { platform, flags: splitAirFlags(argv).flags }))).config.build.cmd;
  assert.equal(await command("freebsd", []), "a");
  assert.equal(await command("linux", []), "b");
  assert.equal(await command("darwin", []), "c");
  assert.equal(await command("linux", ["--build.cmd", "d"]), "d");
});

test("another directory to start in is given by --root or air_wd", async (t) => {
  const dir = await project(t, { "app/gust.toml": 'root = "sub"\n', "app/sub/x": "", "b/x": "" });
  const app = join(dir, "app");
  const byFlag = await good(options(dir, { root: "app" }));
  assert.deepEqual([byFlag.config.dir, byFlag.config.root], [app, join(app, "sub")]);
  const byEnv = await good(options(dir, { env: { air_wd: app } }));
  assert.deepEqual([byEnv.config.dir, byEnv.config.root], [app, app]);
  assert.deepEqual(byEnv.origins.get("root"), { type: "env", name: "air_wd" });
  await symlink(app, join(dir, "link"));
  assert.equal((await good(options(dir, { root: "link" }))).config.dir, app);
});

test("what air and gust say with different keys comes from the one that says more", async (t) => {
  const run = async (text: string, argv: readonly string[] = []) => {
    const dir = await project(t, { "gust.toml": text });
    return (await good(options(dir, { flags: splitAirFlags(argv).flags }))).config.run;
  };
  const air = '[build]\nsend_interrupt = true\nkill_delay = "2s"\nrerun = true\nrerun_delay = 7\n';
  const own =
    '[run]\nstop_signal = "SIGHUP"\nstop_timeout = "9s"\nrestart = "on-crash"\nrestart_delay = 8\n';
  const common = { probationMs: 5000, ...swap };
  const asAir = { stopSignal: "SIGINT", stopTimeoutMs: 2000, restart: "always", restartDelayMs: 7 };
  const asOwn = {
    stopSignal: "SIGHUP",
    stopTimeoutMs: 9000,
    restart: "on-crash",
    restartDelayMs: 8,
  };
  assert.deepEqual(await run(air), { ...asAir, ...common });
  assert.deepEqual(await run(own), { ...asOwn, ...common });
  assert.deepEqual(await run(air + own), { ...asOwn, ...common });
  const argv = ["--build.send_interrupt", "--build.kill_delay=3s"];
  const mixed = { ...asOwn, stopSignal: "SIGINT", stopTimeoutMs: 3000, ...common };
  assert.deepEqual(await run(own, argv), mixed);
});

test("a changed tmp_dir also changes what depends on it", async (t) => {
  const dir = await project(t, { ".air.toml": 'tmp_dir = "out"\n' });
  const { config } = await good(options(dir));
  assert.deepEqual(config.start, { type: "built" });
  assert.ok(config.build.excludeDir.includes(join(dir, "out")));
  assert.ok(!config.build.excludeDir.includes(join(dir, "tmp")));
});

test("how the program is started follows from full_bin, entrypoint, bin and cmd", async (t) => {
  const dir = await project(t, { "path/dlv": "" });
  await chmod(join(dir, "path/dlv"), 0o755);
  const check = async (build: string, cmd: string | null, start: string, args: string[] = []) => {
    await writeFile(join(dir, "gust.toml"), `[build]\n${build}\n`);
    const { config } = await good(options(dir, { env: { PATH: join(dir, "path") } }));
    const shown =
      config.start.type === "built"
        ? "built"
        : config.start.type === "shell"
          ? `shell ${config.start.command}`
          : `${config.start.type} ${config.start.path.replace(`${dir}/`, "")}`;
    assert.deepEqual([config.build.cmd, shown, config.args], [cmd, start, args], build);
  };
  const usual = "go build -o ./tmp/main .";
  await check("", null, "built");
  await check(`cmd = "${usual}"`, null, "built");
  await check(`cmd = " go  build -o=tmp/main "`, null, "built");
  await check(`cmd = "${usual}"\nbin = "tmp/main"`, null, "built");
  await check(`cmd = ""\nbin = ""`, null, "built");
  await check(`cmd = "CGO_ENABLED=0 ${usual}"`, `CGO_ENABLED=0 ${usual}`, "file tmp/main");
  await check(`cmd = "go build -race -o ./tmp/main ."`, null, "built");
  await check(`cmd = "${usual} && true"`, `${usual} && true`, "file tmp/main");
  await check('cmd = "go build -o bin/x ./cmd/x"', null, "built");
  await check('cmd = "go build -o bin/x ./cmd/x"\nbin = "bin/x"', null, "built");
  const other = "go build -o bin/x ./cmd/x";
  for (const [cmd, file] of [
    ["./tools/go build -o bin/x .", "bin/x"],
    ["go build -n -o bin/x .", "bin/x"],
    ["go build -buildmode=plugin -o bin/x .", "bin/x"],
    ["go build -o bin/x -- .", "bin/x"],
    ["go build -o /opt/x .", "/opt/x"],
    ["go build -o /dev/null .", "/dev/null"],
    ["cd && go build -o x .", "~/x"],
  ] as const) {
    await check(`cmd = "${cmd}"`, cmd, `file ${file}`);
  }
  await check(`cmd = "${other}"\nbin = "bin/y"`, other, "file bin/y");
  await check('cmd = "go build -o x ./a ./b"', "go build -o x ./a ./b", "file x");
  await check('cmd = "cd a && go build -o ../x ."', "cd a && go build -o ../x .", "file x");
  await check('cmd = "make"', "make", "file tmp/main");
  await check('cmd = "make"\nbin = "./out"\nentrypoint = "./e"', "make", "file e");
  await check('cmd = "make"\nentrypoint = ["./e x", "a b"]', "make", "file e x", ["a b"]);
  await check('cmd = "make"\nentrypoint = ["dlv", "exec"]', "make", "tool path/dlv", ["exec"]);
  await check('entrypoint = ["dlv", "exec", "./tmp/main"]', usual, "tool path/dlv", [
    "exec",
    "./tmp/main",
  ]);
  await check('entrypoint = ["./tmp/main", "serve"]', null, "built", ["serve"]);
  await check('entrypoint = ["./e"]\nfull_bin = "A=1 ./tmp/main"', usual, "shell A=1 ./tmp/main");
  await check('cmd = "make"\nbin = ";A=1 ./tmp/main"', "make", "shell ;A=1 ./tmp/main");
  await check('cmd = "make"\nbin = "/opt/my app"', "make", "file /opt/my app");
  const spaced = "go build -o 'my out/app' ./api && true";
  await check(`cmd = "${spaced}"\nbin = "./my out/app"`, spaced, "file my out/app");
  await check('cmd = "true"\nfull_bin = "go run ."', "true", "shell go run .");
  await check('entrypoint = ["./e", "x"]\nfull_bin = "y"\nargs_bin = ["z"]', usual, "shell y", [
    "z",
  ]);
});

test("a proxy cannot be where another one is", async (t) => {
  const check = async (toml: string, expected: RegExp | null): Promise<void> => {
    const dir = await project(t, { "gust.toml": toml });
    if (expected === null) return void (await good(options(dir)));
    assert.match((await messages(options(dir))).join("\n"), expected);
  };
  const proxy = "[proxy]\nenabled = true\nproxy_port = 8080\n";
  await check(
    `${proxy}app_port = 8080\n`,
    /^CONFIG_INVALID proxy\.proxy_port and proxy\.app_port are both 8080/,
  );
  await check(`${proxy}[ui]\nport = 8080\n`, /proxy\.proxy_port and ui\.port are both 8080/);
  await check(`${proxy}app_port = 8081\n`, null);
  await check("[proxy]\nenabled = true\n", null);
  await check("[proxy]\nproxy_port = 8080\napp_port = 8080\n", null);
});

test("a proxy leads to one program", async (t) => {
  const toml = '[proxy]\nenabled = true\n[[service]]\nname = "a"\npackage = "./a"\n';
  const { warnings } = await good(options(await project(t, { "gust.toml": toml })));
  assert.match(warnings[0]?.message ?? "", /proxy\.enabled has no effect beside \[\[service\]\]/);
});

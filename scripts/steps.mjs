// What the scripts share: running a command, and installing what is missing.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** Runs a command with the terminal handed on; ends the script when it fails, after `onFailure`. */
export function run(title, command, args, { onFailure = () => {}, ...options } = {}) {
  const started = performance.now();
  process.stderr.write(`\n— ${title}\n`);
  const { status, error } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (error !== undefined) fail(`${command} could not be started: ${error.message}`);
  if (status !== 0) {
    onFailure();
    fail(`${title}: ${shortened(`${command} ${args.join(" ")}`)} ended with ${status}`);
  }
  process.stderr.write(`  (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
}

/** A command may name hundreds of files. */
function shortened(command) {
  return command.length > 200 ? `${command.slice(0, 200)}…` : command;
}

export function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** Node's own tools are started by their script, as `.cmd` files cannot be spawned without a shell. */
export function tool(title, name, args) {
  run(title, process.execPath, [`node_modules/${bins[name]}`, ...args]);
}

const bins = {
  tsc: "typescript/bin/tsc",
  oxlint: "oxlint/bin/oxlint",
  oxfmt: "oxfmt/bin/oxfmt",
};

export function installPackages() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Node 20.19 or newer is needed; this is ${process.version}`);
  }
  if (spawnSync("go", ["version"], { stdio: "ignore" }).status !== 0) {
    fail("Go is needed, and `go` was not found in PATH: https://go.dev/dl");
  }
  const mark = "node_modules/.package-lock.json";
  if (existsSync(mark) && statSync(mark).mtimeMs >= statSync("package-lock.json").mtimeMs) return;
  // Not `npm ci`: it wants the optional packages of every other system in the lock file as well,
  // and a registry need not serve them all.
  run("install packages", "npm", ["install", "--no-save", "--no-audit", "--no-fund"], {
    shell: process.platform === "win32",
  });
}

/**
 * Programs that tests ask with or ask, and that no package of npm brings; without them these tests
 * fail, or are skipped. Each with Debian's name for it.
 */
const clients = { curl: "curl", wrk: "wrk", chromium: "chromium", nvim: "neovim" };

export function installClients() {
  const missing = Object.keys(clients)
    .filter((program) => !isInstalled(program))
    .map((program) => clients[program]);
  if (missing.length === 0) return;
  const apt = ["apt-get", ["install", "-y", "--no-install-recommends", ...missing]];
  if (process.getuid?.() === 0 && isInstalled("apt-get")) {
    process.stderr.write(`\n— install ${missing.join(", ")}\n`);
    for (const [command, args] of [["apt-get", ["update"]], apt]) {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      // What it did is of interest only when it could not.
      const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: "utf8" });
      if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
    }
  }
  for (const [program, name] of Object.entries(clients)) {
    if (isInstalled(program)) continue;
    process.stderr.write(
      `\n${program} is missing, and what needs it is not tested. ` +
        `Install it, for example with: sudo apt-get install ${name}\n`,
    );
  }
}

function isInstalled(name) {
  const dirs = (process.env.PATH ?? "").split(delimiter);
  return dirs.some((dir) => existsSync(join(dir, name)));
}

export function buildProgram() {
  tool("check types", "tsc", ["-b"]);
  run("bundle", process.execPath, ["scripts/bundle.mjs"]);
}

/** The delve of the tests, built from its module: a newer one must not change what they prove. */
const delve = "github.com/go-delve/delve/cmd/dlv@v1.27.2";

export function buildDelve() {
  const place = resolve("build/tools");
  const mark = join(place, "version");
  if (existsSync(mark) && readFileSync(mark, "utf8") === delve) return;
  run("build delve", "go", ["install", delve], {
    env: { ...process.env, GOBIN: place, GOFLAGS: "", GOWORK: "off" },
  });
  writeFileSync(mark, delve);
}

/**
 * Fetches the modules that programs of the tests need: the tests themselves have no network. With
 * everything there already it is done in moments.
 */
export function downloadModules() {
  const programs = "test/fixtures/programs";
  for (const name of readdirSync(programs)) {
    const dir = join(programs, name);
    if (!existsSync(join(dir, "go.sum"))) continue;
    run(`modules of ${name}`, "go", ["mod", "download"], {
      cwd: dir,
      env: { ...process.env, GOFLAGS: "", GOWORK: "off" },
    });
  }
}

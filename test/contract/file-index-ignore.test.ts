import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { findGitIgnore, findGitRoot } from "../../src/adapters/files/find-git-ignore.ts";
import { openFileIndex } from "../../src/adapters/files/open-file-index.ts";

const patterns: Readonly<Record<string, string>> = {
  ".gitignore":
    "\uFEFF*.log\n/tmp/\nbuild/\n!keep.log\ndoc/*.txt\nlogs/**\n!logs/x\n# no\n\\#yes\na b\n",
  "sub/.gitignore": "!build/\n/only-here\n*.gen.go\n",
  "sub/deep/.gitignore": "!*.gen.go\n",
  "all/.gitignore": "/*\n!/cmd/\n",
  ".git/info/exclude": "private.*\n",
  "home/ignore": "*.swp\n",
};

const paths: readonly string[] = [
  "a.go",
  "a.log",
  "keep.log",
  "sub/keep.log",
  "tmp/x.go",
  "sub/tmp/x.go",
  "build/x.go",
  "sub/build/x.go",
  "sub/build/x.log",
  "sub/deep/build/x.go",
  "doc/x.txt",
  "doc/in/x.txt",
  "logs/x",
  "logs/y",
  "#yes",
  "# no",
  "a b",
  "only-here",
  "sub/only-here",
  "sub/in/only-here",
  "sub/x.gen.go",
  "sub/deep/x.gen.go",
  "x.gen.go",
  "all/x.go",
  "all/cmd/x.go",
  "all/cmd/in/x.log",
  "private.key",
  "sub/private.key",
  "a.go.swp",
];

test("what is ignored is what git ignores", (t) => {
  const root = openRepository(t);
  const rules = findGitIgnore(join(root, "sub"), { home: join(root, "home"), configHome: null });
  for (const path of paths) {
    write(root, path);
    assert.equal(rules?.ignoresFile(join(root, path)), gitIgnores(root, path), path);
  }
});

test("ignored directories are known as such, and so is .git", (t) => {
  const root = openRepository(t);
  const rules = findGitIgnore(root, { home: join(root, "home"), configHome: null });
  const dirs = ["tmp", "sub/tmp", "build", "build/in", "sub/build", "sub", "all/cmd", ".git"];
  assert.deepEqual(
    dirs.filter((dir) => rules?.ignoresDir(join(root, dir))),
    ["tmp", "build", "build/in", ".git"],
  );
  assert.equal(rules?.ignoresDir(root), false);
  assert.equal(rules?.ignoresDir(dirname(root)), false);
});

test("facts follow a .gitignore that changes, comes and goes", async (t) => {
  const root = openRepository(t);
  const gitIgnore = findGitIgnore(root, { home: root, configHome: null });
  const index = openFileIndex({ roots: [root], skipDir: () => false, gitIgnore });
  const ignored = async (): Promise<string[]> => {
    const files = ["x.html", "pages/y.html"].map((name) => write(root, name, `${Math.random()}`));
    const facts = await index.examine(files);
    assert.equal(facts.length, 2);
    return facts.filter((fact) => fact.ignored).map((fact) => fact.path.slice(root.length + 1));
  };
  assert.deepEqual(await ignored(), []);
  write(root, ".gitignore", "x.html\n");
  assert.deepEqual(await ignored(), ["x.html"]);
  write(root, "pages/.gitignore", "*.html\n");
  assert.deepEqual(await ignored(), ["x.html", "pages/y.html"]);
  rmSync(join(root, ".gitignore"));
  assert.deepEqual(await ignored(), ["pages/y.html"]);
});

test("a worktree has the exclude file of its repository", (t) => {
  const root = openRepository(t);
  git(root, "commit", "-q", "--allow-empty", "-m", "first");
  git(root, "worktree", "add", "-q", join(root, "home/tree"));
  const tree = join(root, "home/tree");
  assert.equal(findGitRoot(join(tree, "sub")), tree);
  const rules = findGitIgnore(tree, { home: root, configHome: null });
  assert.equal(rules?.ignoresFile(join(tree, "private.key")), true);
  assert.equal(rules?.ignoresFile(join(tree, "a.log")), false);
});

test("the user's own excludes file is honoured, wherever it lies", (t) => {
  const root = openRepository(t);
  const ignores = (name: string, configHome: string | null = null): boolean | undefined =>
    findGitIgnore(root, { home: join(root, "home"), configHome })?.ignoresFile(join(root, name));
  write(root, "home/.gitconfig", "[core]\n\texcludesFile = ~/ignore\n");
  assert.equal(ignores("a.swp"), true);
  write(root, "home/.gitconfig", "[core]\n\teditor = vi\n");
  assert.equal(ignores("a.swp"), false);
  write(root, "home/.config/git/ignore", "*.swp\n");
  assert.equal(ignores("a.swp"), true);
  assert.equal(ignores("a.swp", join(root, "nowhere")), false);
});

function openRepository(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), "gust-test-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  git(root, "init", "-q");
  for (const [name, text] of Object.entries(patterns)) write(root, name, text);
  write(root, "home/.gitconfig", `[core]\n\texcludesFile = ${join(root, "home/ignore")}\n`);
  return root;
}

function write(root: string, name: string, text = ""): string {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function gitIgnores(root: string, path: string): boolean {
  const { status } = spawnSync("git", ["check-ignore", "-q", "--no-index", path], {
    cwd: root,
    env: environment(join(root, "home/.gitconfig")),
  });
  assert.ok(status === 0 || status === 1, `git check-ignore ended with ${status}`);
  return status === 0;
}

function git(dir: string, ...args: readonly string[]): void {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
  execFileSync("git", [...identity, ...args], { cwd: dir, env: environment("/dev/null") });
}

function environment(config: string): NodeJS.ProcessEnv {
  return { ...process.env, GIT_CONFIG_GLOBAL: config, GIT_CONFIG_SYSTEM: "/dev/null" };
}

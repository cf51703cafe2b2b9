import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPackageClause } from "../../core/package-clause.ts";

/** What `gust init` sees of a project. Paths are relative to it, with `/`. */
export interface Survey {
  /** Names of the files at the top. */
  readonly top: ReadonlySet<string>;
  /** Main packages as `go build` takes them, sorted: `.`, `./cmd/api`. */
  readonly mains: readonly string[];
  /** Endings of files, without dot, and the directories that have them. */
  readonly extensions: ReadonlyMap<string, ReadonlySet<string>>;
  /** Directories of packages with `//go:embed`. */
  readonly embeds: readonly string[];
  /** `//go:generate` lines: the directory and the command. */
  readonly generates: readonly { readonly dir: string; readonly command: string }[];
  /** Stylesheets that Tailwind turns into others. */
  readonly tailwindInputs: readonly string[];
  /** Ports of `EXPOSE` lines. */
  readonly ports: readonly number[];
  /** Texts of `go.mod`, `package.json`, `sqlc.yaml` and the like, by name. */
  readonly texts: ReadonlyMap<string, string>;
  /** True when the project has more files than `init` looks at. */
  readonly cut: boolean;
}

/** Looks at all files of a project, except for what others made. */
export async function surveyProject(dir: string): Promise<Survey> {
  const surveyor = new Surveyor(dir);
  await surveyor.directory("", true);
  return surveyor.result();
}

/** A home directory by mistake must not take minutes. */
const fileLimit = 50_000;

const skipped = new Set(["node_modules", "vendor", "testdata", "tmp", "dist", "build"]);

const kept = new Set(
  "go.mod go.work package.json sqlc.yaml sqlc.yml sqlc.json buf.yaml buf.gen.yaml Dockerfile".split(
    " ",
  ),
);

class Surveyor {
  private readonly base: string;
  private readonly mains = new Set<string>();
  private readonly extensions = new Map<string, Set<string>>();
  private readonly embeds = new Set<string>();
  private readonly generates: { dir: string; command: string }[] = [];
  private readonly tailwindInputs: string[] = [];
  private readonly texts = new Map<string, string>();
  private readonly top = new Set<string>();
  private files = 0;

  constructor(base: string) {
    this.base = base;
  }

  async directory(dir: string, isTop: boolean): Promise<void> {
    const entries = await readdir(join(this.base, dir), { withFileTypes: true }).catch(() => []);
    const names = new Set(entries.map((entry) => entry.name));
    // A module below has programs of its own, unless a workspace brings them together.
    if (!isTop && names.has("go.mod") && !this.top.has("go.work")) return;
    if (isTop) for (const name of names) this.top.add(name);
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = dir === "" ? entry.name : `${dir}/${entry.name}`;
      if (entry.isFile()) await this.file(dir, entry.name, path);
      const hidden = entry.name.startsWith(".") || entry.name.startsWith("_");
      const wanted = entry.isDirectory() && !hidden && !skipped.has(entry.name);
      if (wanted && this.files < fileLimit) await this.directory(path, false);
    }
  }

  result(): Survey {
    const { top, extensions, generates, tailwindInputs, texts } = this;
    return {
      top,
      extensions,
      generates,
      tailwindInputs,
      texts,
      mains: [...this.mains].toSorted(),
      embeds: [...this.embeds],
      ports: exposedPorts(texts.get("Dockerfile") ?? ""),
      cut: this.files >= fileLimit,
    };
  }

  private async file(dir: string, name: string, path: string): Promise<void> {
    this.files++;
    const extension = name.slice(name.lastIndexOf(".") + 1);
    if (name.includes(".", 1)) {
      const dirs = this.extensions.get(extension) ?? new Set();
      this.extensions.set(extension, dirs.add(dir));
    }
    if (dir === "" && kept.has(name)) this.texts.set(name, await this.read(path));
    if (extension === "go" && !name.endsWith("_test.go")) this.goFile(dir, await this.read(path));
    if (extension !== "css") return;
    const text = await this.read(path);
    if (/^@tailwind\s|^@import\s+["']tailwindcss/m.test(text)) this.tailwindInputs.push(path);
  }

  private goFile(dir: string, text: string): void {
    const { name } = readPackageClause(text);
    // `//go:build ignore` marks a script that is run by hand, not a program of the module.
    const script = /^\/\/go:build\s+ignore\b/m.test(text);
    if (name === "main" && !script && /^func main\(\)/m.test(text)) {
      this.mains.add(dir === "" ? "." : `./${dir}`);
    }
    if (/^\/\/go:embed\s/m.test(text)) this.embeds.add(dir);
    for (const [, command] of text.matchAll(/^\/\/go:generate\s+(.+)$/gm)) {
      this.generates.push({ dir, command: (command ?? "").trim() });
    }
  }

  private async read(path: string): Promise<string> {
    // A file that cannot be read says nothing here; the first build will name it.
    return readFile(join(this.base, path), "utf8").catch(() => "");
  }
}

function exposedPorts(dockerfile: string): readonly number[] {
  const ports = new Set<number>();
  for (const [, list] of dockerfile.matchAll(/^\s*EXPOSE\s+(.+)$/gim)) {
    for (const [, port] of (list ?? "").matchAll(/(?:^|\s)(\d{1,5})(?:\/tcp)?(?=\s|$)/gi)) {
      ports.add(Number(port));
    }
  }
  return [...ports].filter((port) => port > 0 && port < 65_536);
}

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ShimFile } from "./shim-files.ts";

/** A main package, to which gust's files are added. */
export interface MainPackage {
  /** Its absolute directory. */
  readonly mainDir: string;
  /** Its import path. */
  readonly mainPath: string;
}

/**
 * How gust's files become part of a program:
 * - "package": as a package beside the main package, which one more file imports. So go compiles them
 *   once and not with every save, and the names of the program cannot meet theirs. Its directory does
 *   not exist, which is no matter to `go build`, though it is to `go vet`, `go test` and `-cover`.
 * - "files": as files of the main package, for commands of the user's, which may do all that.
 */
export type ShimForm = "package" | "files";

/** Writes the file for `go build -overlay` into the directory `place`, and returns its path. */
export async function writeOverlay(
  place: string,
  main: MainPackage,
  files: readonly ShimFile[],
  form: ShimForm,
): Promise<string> {
  const replace = await (form === "package" ? asPackage : asFiles)(place, main, files);
  const overlay = join(place, "overlay.json");
  await writeFile(overlay, JSON.stringify({ Replace: Object.fromEntries(replace) }));
  return overlay;
}

/** In an overlay: the path that go sees, and that of the content. */
type Replaced = readonly [path: string, content: string];

/** Patterns such as `./...` leave its directory out, since it begins with an underscore. */
async function asPackage(
  place: string,
  { mainDir, mainPath }: MainPackage,
  files: readonly ShimFile[],
): Promise<readonly Replaced[]> {
  const link = join(place, "link.go");
  await writeFile(link, `package main\n\nimport _ "${mainPath}/_gust"\n`);
  const sources = files.map(({ name, source }): Replaced => [join(mainDir, "_gust", name), source]);
  return [[join(mainDir, "00_gust_linux.go"), link], ...sources];
}

async function asFiles(
  place: string,
  { mainDir }: MainPackage,
  files: readonly ShimFile[],
): Promise<readonly Replaced[]> {
  const dir = join(place, "shim");
  await mkdir(dir, { recursive: true });
  const copies = files.map(async ({ name, source }): Promise<Replaced> => {
    const text = await readFile(source, "utf8");
    const copy = join(dir, name);
    await writeFile(copy, text.replace(/^package gust__shim$/m, "package main"));
    return [join(mainDir, name), copy];
  });
  return Promise.all(copies);
}

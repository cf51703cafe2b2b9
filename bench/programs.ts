import { copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runGo } from "./commands.ts";
import { ginPages, ginService } from "./gin-service.ts";
import { largeService } from "./large-service.ts";
import type { ProgramName } from "./options.ts";

/** A program that is measured. Every tool gets a copy of its own. */
export interface Subject {
  readonly name: ProgramName;
  /** What it is, for the table. */
  readonly title: string;
  /** The file that is saved, relative to the program's directory. */
  readonly file: string;
  /** Import path of the package of that file, as the compiler is told. */
  readonly package: string;
  /** Where its answer has the constant. */
  readonly path: string;
  /** The file's text with this constant. */
  text(marker: string): string;
  /** Puts a copy there. */
  copy(dir: string): Promise<void>;
}

/** Gets a program ready to be copied; modules are loaded into the user's module cache. */
export async function findSubject(name: ProgramName, work: string): Promise<Subject> {
  switch (name) {
    case "hello":
      return example(name, {
        title: "hello: one file, net/http",
        file: "main.go",
        package: "main",
        path: "/",
        constant: '"Hello"',
      });
    case "guestbook":
      return example(name, {
        title: "guestbook: three packages, templates, embedded files",
        file: "internal/web/web.go",
        package: "example.com/guestbook/internal/web",
        path: "/healthz",
        constant: '"ok\\n"',
      });
    case "gin":
      return generated(name, work, {
        title: "gin: ten packages, gin 1.10",
        files: ginService(),
        file: "internal/pages/pages.go",
        package: "example.com/shop/internal/pages",
        path: "/",
        text: ginPages,
      });
    case "large":
      return generated(name, work, {
        title: "large: 35 MB, 13 packages of its own with gin, gRPC, PostgreSQL, NATS, …",
        files: largeService(),
        file: "internal/pages/pages.go",
        package: "example.com/platform/internal/pages",
        path: "/",
        text: ginPages,
      });
  }
}

interface Example {
  readonly title: string;
  readonly file: string;
  readonly package: string;
  readonly path: string;
  /** The literal that a marker takes the place of. */
  readonly constant: string;
}

async function example(name: ProgramName, found: Example): Promise<Subject> {
  const source = join("examples", name);
  const original = await readFile(join(source, found.file), "utf8");
  if (!original.includes(found.constant)) {
    throw new Error(`${source}/${found.file} has no ${found.constant} to change`);
  }
  return {
    ...found,
    name,
    text: (marker) => original.replace(found.constant, JSON.stringify(marker)),
    copy: (dir) =>
      cp(source, dir, {
        recursive: true,
        filter: (path) => !["tmp", "data"].includes(basename(path)),
      }),
  };
}

interface Generated {
  readonly title: string;
  readonly files: ReadonlyMap<string, string>;
  readonly file: string;
  readonly package: string;
  readonly path: string;
  text(marker: string): string;
}

/** The sums of the modules are found once and copied with the program. */
async function generated(name: ProgramName, work: string, program: Generated): Promise<Subject> {
  const template = join(work, `${name}-template`);
  await writeFiles(template, program.files);
  await runGo(["mod", "tidy"], { dir: template });
  const copy = async (dir: string): Promise<void> => {
    await writeFiles(dir, program.files);
    for (const file of ["go.mod", "go.sum"]) await copyFile(join(template, file), join(dir, file));
  };
  return { ...program, name, copy };
}

async function writeFiles(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

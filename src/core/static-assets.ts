import { relativePath } from "./classify.ts";
import type { Cause, CauseFile, FileKind } from "./notice.ts";
import type { AssetChange } from "./page-state.ts";

/** Where the names of assets begin. */
export interface AssetRoot {
  /** Absolute directory. */
  readonly root: string;
  readonly separator: "/" | "\\";
}

/**
 * What pages load besides, among the files of a `nothing-to-do`; null when there is nothing of the
 * kind. Where the cause does not list all its files, all are told as others: a page load is right
 * whatever the rest may be.
 */
export function changedAssets(cause: Cause, where: AssetRoot): AssetChange | null {
  if (cause.type !== "files") return null;
  const files = cause.files.filter(({ kind }) => kind === "static");
  if (files.length === 0) return null;
  const change = sorted(files, where);
  const { styles, images, others } = change;
  if (isComplete(cause)) return change;
  return { styles: [], images: [], others: [...styles, ...images, ...others] };
}

/**
 * The styles and images that a `live` version differs in, if it differs in nothing else and they
 * are known; null otherwise.
 */
export function onlyAssets(cause: Cause, where: AssetRoot): AssetChange | null {
  if (cause.type !== "files" || cause.files.length === 0 || !isComplete(cause)) return null;
  if (!cause.files.every(({ kind }) => loadedBesides.has(kind))) return null;
  const change = sorted(cause.files, where);
  return change.others.length === 0 ? change : null;
}

const loadedBesides: ReadonlySet<FileKind> = new Set<FileKind>([
  "static",
  "embed",
  "runtime",
  "rule-output",
]);

function isComplete({ files, count }: Extract<Cause, { type: "files" }>): boolean {
  return files.length === count;
}

function sorted(files: readonly CauseFile[], where: AssetRoot): AssetChange {
  const change = {
    styles: new Array<string>(),
    images: new Array<string>(),
    others: new Array<string>(),
  };
  for (const file of files) change[sortOf(file)].push(nameOf(file, where));
  return change;
}

/** What is gone cannot be loaded in place of what a page shows. */
function sortOf({ path, change }: CauseFile): keyof AssetChange {
  if (change === "removed") return "others";
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  if (extension === "css") return "styles";
  return imageExtensions.has(extension) ? "images" : "others";
}

const imageExtensions: ReadonlySet<string> = new Set([
  "png",
  "jpg",
  "jpeg",
  "gif",
  "svg",
  "webp",
  "avif",
  "ico",
]);

function nameOf({ path }: CauseFile, { root, separator }: AssetRoot): string {
  return relativePath(path, { separator, roots: [root] });
}

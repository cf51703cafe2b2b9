import type { DeclarationEdit } from "./go-meaning.ts";
import type { ModuleEdit } from "./module-edits.ts";

/** What the disk says about one path, compared with what was known before. */
export interface FileFact {
  /** Absolute path. */
  readonly path: string;
  readonly change: FileChange;
  /** True when .gitignore (or .git/info/exclude) leaves the file out. */
  readonly ignored: boolean;
  /**
   * Go files only: true when the package clause, the imports, the build constraints or the
   * embed directives differ, so that the package graph may be another one.
   */
  readonly headerChanged?: boolean;
  /**
   * Go and module files only: true when nothing but comments and formatting has changed, so that it
   * compiles to the same code. Absent where that is not known.
   */
  readonly sameMeaning?: boolean;
  /** Module files only: what has changed, where both versions are known. */
  readonly moduleEdits?: readonly ModuleEdit[];
  /** Go files only: which declarations have changed, where both versions are known. */
  readonly edits?: readonly DeclarationEdit[];
  /** Go files only: true when it has the standard line `// Code generated … DO NOT EDIT.` */
  readonly generated?: boolean;
}

/**
 * `unchanged` means that there was an event, but that the content (SHA-256) is what it was:
 * a touch, a rewrite of the same bytes, a change of mode.
 */
export type FileChange = "created" | "modified" | "removed" | "unchanged";

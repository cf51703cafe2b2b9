import type { DeclarationEdit } from "./go-meaning.ts";
import type { CauseFile } from "./notice.ts";

/** A declaration that left one file and came into another as it was. */
interface Departure {
  readonly path: string;
  readonly edit: DeclarationEdit;
}

/**
 * The edits of files as they are told: what left one file and came into another unchanged was moved.
 * Files that are new or gone tell nothing but that, since all that is in them is.
 */
export function withMoves(files: readonly CauseFile[]): readonly CauseFile[] {
  const departures = new Map<string, Departure>();
  for (const { path, edits = [] } of files) {
    for (const edit of edits) {
      const { digest } = edit;
      if (edit.edit === "removed" && digest !== undefined) departures.set(digest, { path, edit });
    }
  }
  const moved = new Set<DeclarationEdit>();
  const arrived = files.map((file) => {
    const edits = (file.edits ?? []).map((edit): DeclarationEdit => {
      const from = edit.edit === "added" ? departures.get(edit.digest ?? "") : undefined;
      if (from === undefined || from.path === file.path || moved.has(from.edit)) return edit;
      moved.add(from.edit);
      return { edit: "moved", name: edit.name, from: from.path };
    });
    return { file, edits };
  });
  return arrived.map(({ file, edits }) => {
    const { edits: known, ...rest } = file;
    if (known === undefined) return rest;
    const told = edits.filter((edit) => !moved.has(edit) && isTold(file, edit));
    return { ...rest, edits: told.map(withoutDigest) };
  });
}

const isTold = (file: CauseFile, { edit }: DeclarationEdit): boolean =>
  file.change === "modified" || edit === "moved";

const withoutDigest = ({ edit, name, from }: DeclarationEdit): DeclarationEdit =>
  from === undefined ? { edit, name } : { edit, name, from };

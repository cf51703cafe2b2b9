import type { Prints } from "./test-model.ts";

/**
 * Tells data that tests write themselves from what somebody else has changed while they ran: of a file
 * that has changed once while they ran, the first time is taken for somebody else's.
 */
export class WrittenData {
  private readonly written = new Set<string>();

  /** Packages of whose data files were there before and after, and are others now. */
  foreign(before: Prints, after: Prints): readonly string[] {
    const found: string[] = [];
    for (const [path, { testdata }] of after) {
      const old = before.get(path)?.testdata ?? new Map<string, string>();
      const changed = [...testdata].filter(([file, print]) => {
        const known = old.get(file);
        return known !== undefined && known !== print;
      });
      if (changed.some(([file]) => !this.written.has(file))) found.push(path);
      for (const [file] of changed) this.written.add(file);
    }
    return found;
  }
}

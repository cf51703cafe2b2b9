import { readFileSync } from "node:fs";

/** Text of a source file, to be shown with an error; null where it cannot be read: then it is shown without. */
export function readSource(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

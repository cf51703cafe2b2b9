import { type Content, readContent } from "./content.ts";

/** Milliseconds that a file which was just emptied is given to be filled. */
const FILLED_WITHIN_MS = 100;
const LOOK_MS = 5;

export interface Settling {
  /** Whether it is known to be empty: then it is not looked at twice. */
  readonly wasEmpty: boolean;
  /** Resolves when it is worth another look. */
  readonly pause?: () => Promise<void>;
}

/**
 * Reads a file that may be in the middle of a save: who writes in place empties it first, and what is
 * read then is nobody's version. That it is filled gives an event, but only after this one was
 * answered; so an empty one is looked at until it is filled, or its last change is a while ago.
 */
export async function readSettled(
  path: string,
  { wasEmpty, pause = briefly }: Settling,
): Promise<Content> {
  let content = await readContent(path);
  // The clock of a file system may be another one: not more often than it takes by this one.
  for (let looks = FILLED_WITHIN_MS / LOOK_MS; looks > 0; looks -= 1) {
    if (wasEmpty || !isJustEmptied(content)) return content;
    await pause();
    content = await readContent(path);
  }
  return content;
}

function isJustEmptied(content: Content): boolean {
  if (content.type !== "file" || content.stats.size > 0) return false;
  return Math.abs(Date.now() - content.stats.ctimeMs) < FILLED_WITHIN_MS;
}

function briefly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

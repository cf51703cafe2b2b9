import { open } from "node:fs/promises";

/** A text that every program with gust's files has in it, and hardly any other. */
const MARK = Buffer.from("hello 1 gust-shim-is-in");
const CHUNK = 1 << 20;

/** Whether a binary was built with the files of `shim/`, whoever has built it. */
export async function carriesShim(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(CHUNK + MARK.length);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK, null);
      if (bytesRead === 0) return false;
      const end = kept + bytesRead;
      if (buffer.subarray(0, end).includes(MARK)) return true;
      kept = Math.min(MARK.length - 1, end);
      buffer.copy(buffer, 0, end - kept, end);
    }
  } finally {
    await file.close();
  }
}

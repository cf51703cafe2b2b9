/** A line longer than this is matched by its first part only. */
const lineMax = 8192;

/** Calls back once, when a line of either stream matches. */
export class LineMatcher {
  private readonly pattern: RegExp;
  private readonly found: () => void;
  private readonly partial = { stdout: "", stderr: "" };
  private done = false;

  constructor(source: string, found: () => void) {
    this.pattern = new RegExp(source);
    this.found = found;
  }

  feed(stream: "stdout" | "stderr", data: Uint8Array): void {
    if (this.done) return;
    const text = this.partial[stream] + Buffer.from(data).toString("utf8");
    const lines = text.split("\n");
    // The unfinished line is tried too: a prompt says ready without a line end.
    this.partial[stream] = (lines.at(-1) ?? "").slice(0, lineMax);
    if (!lines.some((line) => this.pattern.test(line.slice(0, lineMax)))) return;
    this.done = true;
    this.found();
  }
}

import type { FileFact } from "../../src/core/facts.ts";

/** Files whose content is a number, and an index that knows what it has seen of them. */
export class Disk {
  private readonly files = new Map<string, number>();
  private readonly known = new Map<string, number>();

  versionOf(path: string): number {
    return this.files.get(path) ?? 0;
  }

  write(path: string, version: number = this.versionOf(path) + 1): void {
    this.files.set(path, version);
  }

  /** Looks at the files now, and tells later what differed from what was known then. */
  look(): () => FileFact[] {
    const seen = new Map(this.files);
    return () =>
      Array.from(seen, ([path, version]) => {
        const before = this.known.get(path) ?? 0;
        this.known.set(path, Math.max(before, version));
        const change: FileFact["change"] = version > before ? "modified" : "unchanged";
        return { path, change, ignored: false };
      });
  }
}

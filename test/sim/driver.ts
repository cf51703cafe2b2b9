import assert from "node:assert/strict";
import type { Preparation, Route } from "../../src/core/event.ts";
import type { SourceChanges } from "../../src/core/source-changes.ts";
import type { Source } from "./program.ts";

/** The files that a build reads, as they are on the disk. */
export interface Sources {
  readonly main: string;
  readonly generated: string;
  read(): Source;
}

/**
 * A builder that compiles only what it is told has changed, and takes everything else as it was: what
 * the core forgets to tell is missing in the program.
 */
export class Driver {
  private readonly sources: Sources;
  /** What the compiled packages were made from; null: there is no plan. */
  private objects: Source | null = null;
  private readonly changed = new Set<string>();
  private lapsed: string | null = null;
  private direct = false;
  /** The go command has not seen what was compiled. */
  private unchecked = false;

  constructor(sources: Sources) {
    this.sources = sources;
  }

  begin({ modified, other }: SourceChanges): Route {
    for (const path of modified) this.changed.add(path);
    this.lapsed ??= other;
    this.direct = this.objects !== null && this.lapsed === null;
    return this.direct
      ? { type: "direct", packages: 1, preloaded: false }
      : { type: "go", reason: "" };
  }

  /** What a build that begins now, or is under way, has compiled at this moment. */
  read(): Source {
    const now = this.sources.read();
    if (!this.direct || this.objects === null) return now;
    const isNew = (path: string): boolean => this.changed.has(path);
    const { save, quality } = isNew(this.sources.main) ? now : this.objects;
    const { generated } = isNew(this.sources.generated) ? now : this.objects;
    return { save, quality, generated };
  }

  /** A build was good. */
  end(made: Source): void {
    this.changed.clear();
    this.lapsed = null;
    this.unchecked = this.direct;
    this.objects = this.direct ? made : null;
  }

  /** `listed` is what the go command has compiled meanwhile. */
  prepared(listed: Source): Preparation {
    if (this.objects !== null) {
      assert.ok(this.unchecked, "what was checked is checked again");
      this.unchecked = false;
      return { type: "checked", packages: 1 };
    }
    this.objects = listed;
    return { type: "ready", packages: 1 };
  }
}

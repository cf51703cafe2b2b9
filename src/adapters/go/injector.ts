import type { Failure } from "../../core/failure.ts";
import type { CommandResult } from "./command.ts";
import {
  type Injection,
  type InjectionOptions,
  blamesInjection,
  prepareInjection,
} from "./injection.ts";

export interface InjectedBuild {
  readonly run: (injection: Injection) => Promise<CommandResult>;
  readonly warn: (failure: Failure) => void;
}

/**
 * Sees to it that gust's files never cost anybody a build: where they do not get in, it is said
 * once, and the program is built and swapped without them.
 */
export class Injector {
  readonly #options: InjectionOptions | null;
  #injection: Injection = { type: "needless" };
  #gaveUp: string | null = null;
  #said = false;

  constructor(options: InjectionOptions | null) {
    this.#options = options;
  }

  /** Runs a build with the files, and again without them if it fails because of them. */
  async build(
    place: string,
    flags: readonly string[],
    { run, warn }: InjectedBuild,
  ): Promise<CommandResult> {
    this.#injection = await this.#prepare(place, flags);
    const result = await run(this.#injection);
    const failed = result.type === "ended" && result.code !== 0;
    if (this.#injection.type === "impossible") this.#say(this.#injection.why, null, warn);
    if (!failed || this.#injection.type !== "overlay" || !blamesInjection(result.text)) {
      return result;
    }
    this.#gaveUp = "the build fails with gust's files in it";
    this.#say(this.#gaveUp, result.text, warn);
    this.#injection = { type: "impossible", why: this.#gaveUp };
    return run(this.#injection);
  }

  /** Whether they are in what was built; `look` tells where a command may have left them out. */
  async isIn(look: () => Promise<boolean>, warn: InjectedBuild["warn"]): Promise<boolean> {
    if (this.#injection.type !== "overlay") return false;
    const found = await look();
    if (!found) this.#say("the build command makes it without gust's files", null, warn);
    return found;
  }

  /** Why the last build has them not, for those who want to know. */
  get gaveUp(): string | null {
    return this.#gaveUp;
  }

  #prepare(place: string, flags: readonly string[]): Promise<Injection> {
    if (this.#options === null) return Promise.resolve({ type: "needless" });
    if (this.#gaveUp !== null) return Promise.resolve({ type: "impossible", why: this.#gaveUp });
    return prepareInjection(place, flags, this.#options);
  }

  #say(why: string, seen: string | null, warn: (failure: Failure) => void): void {
    if (this.#said) return;
    this.#said = true;
    warn({
      code: "SWAP_WITH_GAP",
      message: `a swap has a short gap: ${why}`,
      ...(seen === null ? {} : { seen: seen.trim() }),
      hint: 'docs/swap.md tells what that costs; `run.swap = "stop-start"` says that it is meant so',
    });
  }
}

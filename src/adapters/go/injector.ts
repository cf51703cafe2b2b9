import type { Failure } from "../../core/failure.ts";
import type { CommandResult } from "./command.ts";
import {
  type Injection,
  type InjectionOptions,
  blamesInjection,
  prepareInjection,
} from "./injection.ts";
import type { ShimForm } from "./shim-overlay.ts";

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
  readonly #form: ShimForm;
  #injection: Injection = { type: "needless" };
  #gaveUp: string | null = null;
  /** False once a build has failed because of the part for gRPC. */
  #grpc = true;
  #said = false;
  /** What the build of now said of gust's files, after which it succeeded without them. */
  #blame: string | null = null;

  constructor(options: InjectionOptions | null, form: ShimForm) {
    this.#options = options;
    this.#form = form;
  }

  /**
   * Runs a build with the files. If it fails because of them, it runs again without the part for
   * gRPC, which depends on more than Go itself, and then without any. What fails without them too is
   * the user's mistake, and costs only this build.
   */
  async build(
    place: string,
    flags: readonly string[],
    { run, warn }: InjectedBuild,
  ): Promise<CommandResult> {
    this.#blame = null;
    this.#injection = await this.#prepare(place, flags, this.#grpc);
    let result = await run(this.#injection);
    if (this.#injection.type === "overlay" && this.#injection.grpc && isBlamed(result)) {
      const { text } = result;
      this.#injection = await this.#prepare(place, flags, false);
      result = await run(this.#injection);
      if (isGood(result)) {
        this.#grpc = false;
        warn(grpcFailure(text));
      }
    }
    if (this.#injection.type === "overlay" && isBlamed(result)) {
      this.#blame = result.text;
      this.#injection = { type: "impossible", why: failsWithThem };
      return run(this.#injection);
    }
    if (this.#injection.type === "impossible" && isGood(result)) {
      this.#say(this.#injection.why, null, warn);
    }
    return result;
  }

  /** What the last good build had, with its files at another place. */
  async again(place: string, flags: readonly string[]): Promise<Injection> {
    const last = this.#injection;
    return last.type === "overlay" ? this.#prepare(place, flags, last.grpc) : last;
  }

  /** Whether they are in what was built; `look` tells where a command may have left them out. */
  async isIn(look: () => Promise<boolean>, warn: InjectedBuild["warn"]): Promise<boolean> {
    if (this.#blame !== null) {
      // Without them it is a program that can be started.
      this.#gaveUp = failsWithThem;
      this.#say(failsWithThem, this.#blame, warn);
    }
    if (this.#injection.type !== "overlay" || !this.#injection.sockets) return false;
    const found = await look();
    if (!found) this.#say("the build command makes it without gust's files", null, warn);
    return found;
  }

  #prepare(place: string, flags: readonly string[], grpc: boolean): Promise<Injection> {
    if (this.#options === null) return Promise.resolve({ type: "needless" });
    if (this.#gaveUp !== null) return Promise.resolve({ type: "impossible", why: this.#gaveUp });
    const options = grpc ? this.#options : withoutGrpc(this.#options);
    return prepareInjection(place, flags, options, this.#form);
  }

  #say(why: string, seen: string | null, warn: (failure: Failure) => void): void {
    // Without those for sockets nothing has been lost but a field of some log lines.
    if (this.#said || this.#options?.wanted?.sockets === false) return;
    this.#said = true;
    warn({
      code: "SWAP_WITH_GAP",
      message: `a swap has a short gap: ${why}`,
      ...(seen === null ? {} : { seen: seen.trim() }),
      hint: 'docs/swap.md tells what that costs; `run.swap = "stop-start"` says that it is meant so',
    });
  }
}

const failsWithThem = "the build fails with gust's files in it";

const isGood = (result: CommandResult): boolean => result.type === "ended" && result.code === 0;

type Ended = Extract<CommandResult, { readonly type: "ended" }>;

function isBlamed(result: CommandResult): result is Ended {
  return result.type === "ended" && result.code !== 0 && blamesInjection(result.text);
}

function withoutGrpc(options: InjectionOptions): InjectionOptions {
  return {
    ...options,
    linked: async () => {
      const linked = await options.linked();
      return linked === null ? null : { ...linked, grpc: false };
    },
  };
}

function grpcFailure(seen: string): Failure {
  return {
    code: "SWAP_WITH_GAP",
    message: "clients of gRPC are not told of a swap: the build fails with gust's file for it",
    seen: seen.trim(),
    hint: "docs/swap.md tells what that costs",
  };
}

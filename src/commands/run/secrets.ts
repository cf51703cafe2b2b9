import type { Face } from "../../adapters/terminal/face.ts";
import { type Mask, maskedFailure } from "../../core/masked.ts";
import {
  secretsOf,
  withoutKnown,
  withoutSecrets,
  wordsWithoutSecrets,
} from "../../core/secrets.ts";

/** What must not be shown in this run; grows with every environment that is read. */
export interface Secrets {
  readonly mask: Mask;
  learn(env: Readonly<Record<string, string | undefined>>): void;
}

export function openSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  let known = secretsOf(env);
  return {
    mask: (text, only) =>
      only === "known" ? withoutKnown(text, known) : withoutSecrets(text, known),
    learn(more) {
      // One that has been taken out of a file may still be in the output of a program.
      const all = new Set([...known, ...secretsOf(more)]);
      known = [...all].toSorted((a, b) => b.length - a.length).slice(0, mostKnown);
    },
  };
}

/** An environment has a handful of them. */
const mostKnown = 500;

/** A face that is told no secrets by failures outside of the engine. */
export function maskedFace(face: Face, { mask }: Secrets): Face {
  return {
    notice: (notice, view) => face.notice(notice, view),
    view: (view) => face.view(view),
    output: (stream, data) => face.output(stream, data),
    drained: () => face.drained(),
    watching: (report, root) => face.watching(report, root),
    command: ({ argv, dir, env }) => {
      const shown = Object.entries(env).map(([name, value]) => [name, mask(value)] as const);
      const words = wordsWithoutSecrets(argv.map((word) => mask(word)));
      face.command({ argv: words, dir, env: Object.fromEntries(shown) });
    },
    waiting: (names) => face.waiting(names),
    console: (entry) => face.console({ ...entry, text: mask(entry.text) }),
    failure: (what, failure) => face.failure(what, maskedFailure(failure, mask)),
    close: (code) => face.close(code),
    rescue: () => face.rescue(),
  };
}

import { isDeepStrictEqual } from "node:util";
import type { Config } from "../../../config/config.ts";
import type { Failure } from "../../../core/failure.ts";

/** Says what of a changed configuration is about who runs and who waits for whom: once, for all services. */
export class MemberNews {
  private readonly atStart: Members;
  private readonly say: (failure: Failure) => void;
  private told: string | null = null;

  constructor(atStart: Members, say: (failure: Failure) => void) {
    this.atStart = atStart;
    this.say = say;
  }

  look(now: Members): void {
    const message = unheeded(this.atStart, now);
    if (message !== null && message !== this.told) {
      this.say({ code: "CONFIG_WITHOUT_EFFECT", message, hint: "start gust again" });
    }
    this.told = message;
  }
}

type Members = Pick<Config, "services" | "processes">;

/** Null where all is followed. One that is no more there says so itself. */
function unheeded(atStart: Members, now: Members): string | null {
  const known = [...atStart.services, ...atStart.processes];
  const wanted = [...now.services, ...now.processes];
  const added = wanted.filter(({ name }) => known.every((one) => one.name !== name));
  const changed = wanted.flatMap((one) => {
    const before = known.find(({ name }) => name === one.name);
    if (before === undefined) return [];
    const needs = isDeepStrictEqual(before.dependsOn, one.dependsOn) ? [] : ["depends_on"];
    const dir = "cmd" in one || before.dir === one.dir ? [] : ["dir"];
    return [...needs, ...dir].map((key) => `${key} of ${one.name}`);
  });
  const texts = [
    ...(added.length === 0
      ? []
      : [
          `${added.map(({ name }) => name).join(", ")} ${added.length === 1 ? "is" : "are"} not started`,
        ]),
    ...(changed.length === 0 ? [] : [`a change of ${changed.join(", ")} is not followed`]),
  ];
  return texts.length === 0 ? null : `${texts.join(", and ")} while gust runs`;
}

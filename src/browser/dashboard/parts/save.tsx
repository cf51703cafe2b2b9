import type { VNode } from "preact";
import type { Save, ServiceBoard } from "../../../core/dashboard.ts";
import { chosenSave } from "../store.ts";
import { duration, outcomeWords } from "../words.ts";
import { Changes } from "./changes.tsx";
import { Card, Clock, Outside } from "./common.tsx";
import { FailureBody } from "./failure.tsx";
import { PhaseList, outcomeSigns } from "./timeline.tsx";

/** One save: the chosen one, or the newest. */
export function SaveCard({ board }: { board: ServiceBoard }): VNode | null {
  const { saves } = board;
  const save = saves.find(({ generation }) => generation === chosenSave.value) ?? saves[0];
  if (save === undefined) return null;
  const title = (
    <>
      Save #{save.generation}{" "}
      <span class={`outcome outcome-${save.outcome}`}>
        <span aria-hidden="true">{outcomeSigns[save.outcome]}</span> {outcomeWords[save.outcome]}
      </span>
    </>
  );
  const back = chosenSave.value !== null && (
    <button type="button" class="link" onClick={() => (chosenSave.value = null)}>
      Back to the newest
    </button>
  );
  // The failure of the newest stands above everything already.
  const failure = save.failure !== null && save !== saves[0] ? save.failure : null;
  return (
    <Card title={title} aside={back}>
      <p class="quiet">
        <Clock at={save.at} />
        {factsOf(save).map((fact) => ` · ${fact}`)}
      </p>
      <h4>What changed</h4>
      <Changes cause={save.cause} />
      {save.phases.length > 0 && (
        <>
          <h4>Where the time went</h4>
          <PhaseList save={save} />
        </>
      )}
      {failure !== null && (
        <>
          <h4>Why it is not live</h4>
          <p>
            <Outside text={failure.message} />
          </p>
          <FailureBody failure={failure} service={board.name} />
        </>
      )}
    </Card>
  );
}

function factsOf({ totalMs, downtimeMs, route }: Save): readonly string[] {
  return [
    ...(totalMs === null ? [] : [`${duration(totalMs)} in all`]),
    ...(downtimeMs === null
      ? []
      : [downtimeMs === 0 ? "no moment without a version" : `${duration(downtimeMs)} without one`]),
    ...(route === null ? [] : [route]),
  ];
}

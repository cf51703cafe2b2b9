import { type Signal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import type { BuildDiff, KeptBuild, ServiceBoard } from "../../../core/dashboard.ts";
import { type Asked, act, askDiff } from "../requests.ts";
import { bytes, growth, plural } from "../words.ts";
import { Card, Clock, Empty, Outside, Since, Table } from "./common.tsx";
import { Confirm } from "./dialog.tsx";

/** The versions that one can go back to, and how they differ. */
export function BuildsPanel({ board }: { board: ServiceBoard }): VNode {
  const { builds } = board;
  const back = useSignal<KeptBuild | null>(null);
  if (builds.length === 0) {
    return <Empty>No build is kept yet. The first save that becomes live is.</Empty>;
  }
  return (
    <>
      <Card title="Good builds">
        <Table
          caption="Kept builds, the newest first"
          heads={[
            { text: "Build" },
            { text: "Built" },
            { text: "Size", number: true },
            { text: "Growth", number: true },
            { text: "" },
          ]}
        >
          {builds.map((build, index) => (
            <BuildRow build={build} before={builds[index + 1]} back={back} key={build.generation} />
          ))}
        </Table>
      </Card>
      {builds.length < 2 ? (
        <Empty>With a second build, the two can be compared here.</Empty>
      ) : (
        <Compare board={board} key={board.name} />
      )}
      <Confirm
        open={back.value !== null}
        title={`Go back to #${back.value?.generation ?? ""}?`}
        confirm="Roll back"
        close={() => (back.value = null)}
        done={() => void rollBack(board.name, back.value)}
      >
        It becomes live in place of what serves now. Your files stay as they are; the next save
        builds them again.
      </Confirm>
    </>
  );
}

async function rollBack(service: string, build: KeptBuild | null): Promise<void> {
  if (build === null) return;
  const to = build.generation;
  await act({ type: "rollback", service, to }, `Going back to #${to}.`);
}

function BuildRow(props: {
  build: KeptBuild;
  before: KeptBuild | undefined;
  back: Signal<KeptBuild | null>;
}): VNode {
  const { build, before, back } = props;
  return (
    <tr>
      <th scope="row">
        #{build.generation}
        {build.build !== build.generation && <span class="quiet"> (build #{build.build})</span>}
      </th>
      <td>
        <Clock at={build.builtAt} />{" "}
        <span class="quiet">
          <Since at={build.builtAt} /> ago
        </span>
      </td>
      <td class="number">{build.bytes === 0 ? "" : bytes(build.bytes)}</td>
      <td class="number">
        {before === undefined || build.bytes === 0 ? "" : growth(before.bytes, build.bytes)}
      </td>
      <td class="row-action">
        {build.serving ? (
          <span class="good">
            <span aria-hidden="true">●</span> live
          </span>
        ) : (
          <button type="button" onClick={() => (back.value = build)}>
            Roll back<span class="sr"> to #{build.generation}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

/** Null: the newest two. */
interface Pair {
  readonly from: number | null;
  readonly to: number | null;
}

function Compare({ board }: { board: ServiceBoard }): VNode {
  const { builds } = board;
  const chosen = useSignal<Pair>({ from: null, to: null });
  // Builds come and go while one looks at them: what is not kept any more cannot be compared.
  const kept = (one: number | null): number | null =>
    builds.some(({ generation }) => generation === one) ? one : null;
  const from = kept(chosen.value.from) ?? builds[1]?.generation ?? 0;
  const to = kept(chosen.value.to) ?? builds[0]?.generation ?? 0;
  const asked = useSignal<Asked<BuildDiff> | null>(null);
  const compare = async (): Promise<void> => {
    asked.value = { state: "asking" };
    asked.value = await askDiff(board.name, from, to);
  };
  const answer = asked.value;
  return (
    <Card title="Compare two builds">
      <div class="toolbar">
        <Choice
          label="From"
          builds={builds}
          value={from}
          choose={(from) => (chosen.value = { from, to })}
        />
        <Choice
          label="To"
          builds={builds}
          value={to}
          choose={(to) => (chosen.value = { from, to })}
        />
        <button type="button" onClick={() => void compare()}>
          Compare
        </button>
      </div>
      <div aria-live="polite">
        {answer?.state === "asking" && <p class="quiet">Reading both binaries…</p>}
        {answer?.state === "failed" && <p class="bad">They were not compared: {answer.why}</p>}
        {answer?.state === "here" && <Diff diff={answer.data} />}
      </div>
    </Card>
  );
}

function Choice(props: {
  label: string;
  builds: readonly KeptBuild[];
  value: number;
  choose: (generation: number) => void;
}): VNode {
  const { label, builds, value, choose } = props;
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => choose(Number(currentTarget.value))}>
        {builds.map(({ generation, serving }) => (
          <option value={generation} key={generation}>
            #{generation}
            {serving ? " (live)" : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

function Diff({ diff }: { diff: BuildDiff }): VNode {
  const { from, to, packages, symbols } = diff;
  return (
    <>
      <p>
        #{from} has {bytes(diff.bytes.from)}, #{to} has {bytes(diff.bytes.to)}:{" "}
        <strong>{growth(diff.bytes.from, diff.bytes.to)}</strong>.{" "}
        {plural(packages.length, "package")} and {plural(symbols.length, "symbol")} differ.
      </p>
      {packages.length > 0 && (
        <SizeTable
          caption="Packages that differ"
          head="Package"
          rows={packages.map(({ path, ...sizes }) => ({ name: path, ...sizes }))}
        />
      )}
      {symbols.length > 0 && (
        <SizeTable caption="Symbols that differ" head="Symbol" rows={symbols} />
      )}
    </>
  );
}

interface SizeRow {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const shownAtFirst = 20;

function SizeTable(props: { caption: string; head: string; rows: readonly SizeRow[] }): VNode {
  const { caption, head, rows } = props;
  const all = useSignal(false);
  const shown = all.value ? rows : rows.slice(0, shownAtFirst);
  return (
    <>
      <h4>{caption}</h4>
      <Table
        caption={caption}
        heads={[
          { text: head },
          { text: "Before", number: true },
          { text: "After", number: true },
          { text: "Difference", number: true },
        ]}
      >
        {shown.map(({ name, from, to }) => (
          <tr key={name}>
            <th scope="row">
              <code>
                <Outside text={name} />
              </code>
            </th>
            <td class="number">{from === 0 ? "new" : bytes(from)}</td>
            <td class="number">{to === 0 ? "gone" : bytes(to)}</td>
            <td class="number">{growth(from, to)}</td>
          </tr>
        ))}
      </Table>
      {shown.length < rows.length && (
        <button type="button" class="link" onClick={() => (all.value = true)}>
          Show {rows.length - shown.length} more
        </button>
      )}
    </>
  );
}

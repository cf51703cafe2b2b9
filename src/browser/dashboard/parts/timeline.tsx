import { type Signal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Save, ServiceBoard } from "../../../core/dashboard.ts";
import { chosenSave, root } from "../store.ts";
import {
  type Bar,
  type Pace,
  type Tick,
  barWidth,
  paceOf,
  phaseClass,
  phaseNames,
  timelineOf,
} from "../timeline.ts";
import { causeWords, duration, outcomeWords, saveWords } from "../words.ts";
import { Card, Clock, Empty, Table } from "./common.tsx";

const height = 132;
/** Below the bars, for the signs of the outcomes; above, for the mark of those that are cut. */
const below = 18;
const above = 12;

/** A bar for each save, the newest at the right. */
export function TimelineCard({ board }: { board: ServiceBoard }): VNode {
  const { saves } = board;
  return (
    <Card title="Saves" aside={<PaceWords pace={paceOf(saves)} />}>
      {saves.length === 0 ? (
        <Empty>No save yet. Change a Go file and save it: a bar shows where the time went.</Empty>
      ) : (
        <>
          <Chart saves={saves} />
          <Legend saves={saves} />
          <SavesTable saves={saves} />
        </>
      )}
    </Card>
  );
}

function PaceWords({ pace }: { pace: Pace | null }): VNode | null {
  if (pace === null) return null;
  const { typicalMs, change } = pace;
  const per = change === null ? 0 : Math.round(Math.abs(change) * 100);
  const words = change === null || per < 5 ? "" : change > 0 ? "slower" : "faster";
  return (
    <p class="quiet">
      Typically <strong>{duration(typicalMs)}</strong>
      {words === "" ? "" : `, ${per} % ${words} than the ten before`}
    </p>
  );
}

function Chart({ saves }: { saves: readonly Save[] }): VNode {
  const { bars, ticks, width, trend } = timelineOf(saves, height);
  const pointed = useSignal<Pointed | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const newest = saves[0]?.generation;
  // The newest save is what one looks at.
  useLayoutEffect(() => box.current?.scrollTo({ left: width }), [newest, width]);
  return (
    <div class="chart" onMouseLeave={() => (pointed.value = null)}>
      <Axis ticks={ticks} />
      <div class="chart-scroll" ref={box}>
        <svg
          class="chart-bars"
          width={width}
          height={height + below + above}
          role="listbox"
          aria-label="Saves, the oldest first"
          aria-orientation="horizontal"
          onKeyDown={(event) => moveFocus(event, saves, pointed)}
        >
          {bars.map((bar) => (
            <BarGroup bar={bar} newest={newest} pointed={pointed} key={bar.save.generation} />
          ))}
          {trend !== null && (
            <path class="trend" d={trend} transform={`translate(0 ${above})`} aria-hidden="true" />
          )}
        </svg>
      </div>
      <Tip pointed={pointed} />
    </div>
  );
}

function Axis({ ticks }: { ticks: readonly Tick[] }): VNode {
  return (
    <svg class="chart-axis" height={height + below + above} aria-hidden="true">
      {ticks.map(({ ms, y }) => (
        <g transform={`translate(0 ${y + above})`} key={ms}>
          <line x1="52" x2="100%" />
          <text x="46" dy="0.32em">
            {ms === 0 ? "0" : duration(ms)}
          </text>
        </g>
      ))}
    </svg>
  );
}

function BarGroup(props: {
  bar: Bar;
  newest: number | undefined;
  pointed: Signal<Pointed | null>;
}): VNode {
  const { bar, newest, pointed } = props;
  const { save, x, segments, cut } = bar;
  const chosen = (chosenSave.value ?? newest) === save.generation;
  const top = segments.reduce((least, { y }) => Math.min(least, y), height);
  const point = ({ currentTarget }: { currentTarget: SVGElement }): void => {
    pointed.value = { bar, left: leftOf(currentTarget) };
  };
  return (
    <g
      role="option"
      class={`bar outcome-${save.outcome}`}
      transform={`translate(${x} ${above})`}
      aria-selected={chosen}
      aria-label={saveWords(save, root.value)}
      data-generation={save.generation}
      // Attributes of SVG are told apart by their capitals.
      tabindex={chosen ? 0 : -1}
      onMouseEnter={point}
      onFocus={point}
      onBlur={() => (pointed.value = null)}
      onClick={() => (chosenSave.value = save.generation === newest ? null : save.generation)}
    >
      <rect
        class="bar-back"
        x="-2"
        y={-above}
        width={barWidth + 4}
        height={height + below + above}
      />
      {segments.map(({ name, y, height }) => (
        <rect
          class={phaseClass(name)}
          y={y}
          width={barWidth}
          height={height}
          key={`${name} ${y}`}
        />
      ))}
      {cut && (
        <text class="bar-cut" x={barWidth / 2} y={top - 3}>
          ↑
        </text>
      )}
      <OutcomeSign save={save} />
    </g>
  );
}

function OutcomeSign({ save }: { save: Save }): VNode {
  return (
    <text class="bar-sign" x={barWidth / 2} y={height + 13}>
      {outcomeSigns[save.outcome]}
    </text>
  );
}

/** Not by colours alone. */
export const outcomeSigns: Readonly<Record<Save["outcome"], string>> = {
  working: "…",
  live: "●",
  waiting: "◐",
  failed: "✕",
  superseded: "–",
  "rolled-back": "↺",
  finished: "■",
  nothing: "○",
};

function Tip({ pointed }: { pointed: Signal<Pointed | null> }): VNode | null {
  if (pointed.value === null) return null;
  const { bar, left } = pointed.value;
  const { save } = bar;
  return (
    <div class="tip" role="presentation" style={{ left: `${left}px` }}>
      <strong>#{save.generation}</strong> {outcomeWords[save.outcome]}
      {save.totalMs !== null && ` · ${duration(save.totalMs)}`}
      <PhaseList save={save} />
      <div class="tip-cause">
        <Clock at={save.at} /> · {causeWords(save.cause, root.value)}
      </div>
    </div>
  );
}

/** A bar that the mouse or the focus is at, and where to show more of it. */
interface Pointed {
  readonly bar: Bar;
  readonly left: number;
}

const tipWidth = 300;

/** Below the middle of the bar, and within the chart. */
function leftOf(bar: SVGElement): number {
  const chart = bar.closest(".chart")?.getBoundingClientRect();
  const own = bar.getBoundingClientRect();
  if (chart === undefined) return 0;
  const wanted = own.left + own.width / 2 - chart.left - tipWidth / 2;
  return Math.max(0, Math.min(wanted, chart.width - tipWidth));
}

/** Where the time of a save went. */
export function PhaseList({ save }: { save: Save }): VNode {
  return (
    <ul class="phases">
      {save.phases
        .filter(({ durationMs }) => durationMs >= 0.5)
        .map(({ name, startMs, durationMs }) => (
          <li key={`${name} ${startMs}`}>
            <span class={`swatch ${phaseClass(name)}`} aria-hidden="true" />
            {name} <span class="number">{duration(durationMs)}</span>
          </li>
        ))}
    </ul>
  );
}

function Legend({ saves }: { saves: readonly Save[] }): VNode {
  const names = new Set(saves.flatMap(({ phases }) => phases.map(({ name }) => name)));
  const outcomes = new Set(saves.map(({ outcome }) => outcome));
  return (
    <div class="legend">
      <ul aria-label="Phases">
        {[...names]
          .toSorted((a, b) => rank(a) - rank(b))
          .map((name) => (
            <li key={name}>
              <span class={`swatch ${phaseClass(name)}`} aria-hidden="true" /> {name}
            </li>
          ))}
      </ul>
      <ul aria-label="Outcomes">
        {[...outcomes].map((outcome) => (
          <li class={`outcome-${outcome}`} key={outcome}>
            <span class="sign" aria-hidden="true">
              {outcomeSigns[outcome]}
            </span>{" "}
            {outcomeWords[outcome]}
          </li>
        ))}
      </ul>
    </div>
  );
}

const rank = (name: string): number =>
  phaseNames.includes(name) ? phaseNames.indexOf(name) : phaseNames.length;

/** The chart in words, for those who do not see it and those who want the numbers. */
function SavesTable({ saves }: { saves: readonly Save[] }): VNode {
  const open = useSignal(false);
  return (
    <details onToggle={(event) => (open.value = event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {open.value && (
        <Table
          caption="Saves, the newest first"
          heads={[
            { text: "Save" },
            { text: "At" },
            { text: "Outcome" },
            { text: "Total", number: true },
            { text: "Phases" },
            { text: "Why" },
          ]}
        >
          {saves.map((save) => (
            <tr key={save.generation}>
              <th scope="row">#{save.generation}</th>
              <td>
                <Clock at={save.at} />
              </td>
              <td class={`outcome-${save.outcome}`}>
                <span aria-hidden="true">{outcomeSigns[save.outcome]}</span>{" "}
                {outcomeWords[save.outcome]}
              </td>
              <td class="number">{save.totalMs === null ? "" : duration(save.totalMs)}</td>
              <td>
                {save.phases
                  .map(({ name, durationMs }) => `${name} ${duration(durationMs)}`)
                  .join(" · ")}
              </td>
              <td>{causeWords(save.cause, root.value)}</td>
            </tr>
          ))}
        </Table>
      )}
    </details>
  );
}

/** Arrow keys go from bar to bar; the one with the focus is the chosen one. */
function moveFocus(
  event: KeyboardEvent,
  saves: readonly Save[],
  pointed: Signal<Pointed | null>,
): void {
  if (event.key === "Escape") pointed.value = null;
  const [newest] = saves;
  const at = saves.findIndex(
    ({ generation }) => generation === (chosenSave.value ?? newest?.generation),
  );
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at + 1,
    ArrowRight: at - 1,
    Home: saves.length - 1,
    End: 0,
  };
  const next = saves[steps[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  chosenSave.value = next === newest ? null : next.generation;
  const list = event.currentTarget;
  if (!(list instanceof SVGElement)) return;
  const bar = list.querySelector<SVGElement>(`[data-generation="${next.generation}"]`);
  bar?.focus();
  bar?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

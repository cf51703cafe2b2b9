import type { VNode } from "preact";
import type { Health } from "../../../core/dashboard.ts";
import { sparklineOf } from "../sparkline.ts";
import { model } from "../store.ts";
import { bytes, duration, plural } from "../words.ts";
import { Card, Clock, Empty, Outside, Since } from "./common.tsx";

/** How gust itself is. */
export function HealthPanel(): VNode {
  const { dashboard, healths } = model.value;
  if (dashboard === null) return <Empty>gust has told nothing yet.</Empty>;
  const { about, health } = dashboard;
  return (
    <Card title="gust itself">
      <p class="quiet">
        gust {about.gust}, process {about.pid}, in <Outside text={about.root} />
        {about.environment === "" ? "" : <>, environment {<Outside text={about.environment} />}</>};
        runs for <Since at={about.startedAt} />, since <Clock at={about.startedAt} />.
      </p>
      <div class="meters">
        {meters(health, healths).map((meter) => (
          <Meter {...meter} key={meter.name} />
        ))}
      </div>
    </Card>
  );
}

interface MeterProps {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly values: readonly number[];
  readonly least: number;
  readonly most: (value: number) => string;
}

function meters(health: Health, healths: readonly Health[]): readonly MeterProps[] {
  return [
    {
      name: "Memory",
      value: bytes(health.residentBytes),
      note: `${bytes(health.heapBytes)} of it on the heap`,
      values: healths.map(({ residentBytes }) => residentBytes),
      least: 1e7,
      most: bytes,
    },
    {
      name: "Event loop",
      value: milliseconds(health.loopLagMs.mean),
      note: `late on average, ${milliseconds(health.loopLagMs.max)} at most`,
      values: healths.map(({ loopLagMs }) => loopLagMs.max),
      least: 20,
      most: milliseconds,
    },
    {
      name: "CPU",
      value: percent(health.cpu),
      note: "of one core",
      values: healths.map(({ cpu }) => cpu),
      least: 0.1,
      most: percent,
    },
    {
      name: "Watches",
      value: health.watchedDirs.toLocaleString("en"),
      note: `${plural(health.watchedDirs, "directory", "directories")}, by ${health.watchMode}`,
      // A number that stands still is no curve.
      values: [],
      least: 1,
      most: String,
    },
  ];
}

const milliseconds = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms));
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

const width = 220;
const height = 40;

function Meter({ name, value, note, values, least, most }: MeterProps): VNode {
  const drawn = sparklineOf(values, { width, height, least });
  return (
    <section class="meter" aria-label={name}>
      <h4>{name}</h4>
      <p class="meter-value">{value}</p>
      <p class="quiet">{note}</p>
      {drawn !== null && (
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${name} over the last minutes: at most ${most(drawn.most)}`}
        >
          <path class="spark-area" d={drawn.area} />
          <path class="spark-line" d={drawn.line} />
        </svg>
      )}
    </section>
  );
}

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { Component, type VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { LogLine, ServiceBoard } from "../../../core/dashboard.ts";
import { colouredText } from "../ansi.ts";
import { type Gap, type Level, type Log, filteredLines, generationsOf, noLog } from "../log.ts";
import { following, logFilter, model } from "../store.ts";
import { bytes, plural } from "../words.ts";
import { Empty } from "./common.tsx";

/** As many lines are drawn; earlier ones when they are asked for, so that ten thousand stay smooth. */
const page = 400;

/** What the program writes. */
export function LogsPanel({ board }: { board: ServiceBoard }): VNode {
  const held = useSignal<Log | null>(null);
  const pages = useSignal(1);
  const newest = model.value.logs.get(board.name) ?? noLog;
  // Whoever has stopped following reads what stood there, however much comes meanwhile.
  useSignalEffect(() => {
    if (following.value) {
      held.value = null;
      pages.value = 1;
    } else held.value ??= model.peek().logs.get(board.name) ?? noLog;
  });
  const log = held.value ?? newest;
  const filter = logFilter.value;
  const matching = useFiltered(log, filter);
  const shown = matching.slice(-page * pages.value);
  const behind = countAfter(newest.lines, log.lines.at(-1)?.id ?? -1);
  return (
    <section class="logs" aria-label="Program logs">
      <Toolbar lines={newest.lines} found={matching.length} all={log.lines.length} />
      {log.lines.length === 0 ? (
        <Empty>
          The program has written nothing yet. What it writes to stdout and stderr appears here.
        </Empty>
      ) : (
        <Lines
          shown={shown}
          gaps={log.gaps}
          earlier={matching.length - shown.length}
          more={() => {
            following.value = false;
            pages.value += 1;
          }}
        />
      )}
      {!following.value && (
        <button type="button" class="resume" onClick={() => (following.value = true)}>
          {behind > 0 ? `${plural(behind, "new line")}: follow` : "Follow"}
        </button>
      )}
    </section>
  );
}

function useFiltered(log: Log, filter: typeof logFilter.value): readonly LogLine[] {
  const last = useRef<{ log: Log; filter: typeof filter; lines: readonly LogLine[] } | null>(null);
  if (last.current?.log !== log || last.current.filter !== filter) {
    last.current = { log, filter, lines: filteredLines(log.lines, filter) };
  }
  return last.current.lines;
}

function countAfter(lines: readonly LogLine[], id: number): number {
  return lines.length - 1 - lines.findLastIndex((line) => line.id <= id);
}

function Toolbar(props: { lines: readonly LogLine[]; found: number; all: number }): VNode {
  const { level, search, generation } = logFilter.value;
  const builds = useComputed(() => logFilter.value.generation);
  const generations = generationsOf(props.lines);
  return (
    <div class="toolbar" role="group" aria-label="Which lines are shown">
      <label>
        Search
        <input
          id="log-search"
          type="search"
          value={search}
          onInput={({ currentTarget }) => set({ search: currentTarget.value })}
        />
      </label>
      <label>
        Level
        <select
          value={level}
          onChange={({ currentTarget }) =>
            set({ level: levels.find(([name]) => name === currentTarget.value)?.[0] ?? "debug" })
          }
        >
          {levels.map(([name, words]) => (
            <option value={name} key={name}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Build
        <select
          value={String(generation ?? "")}
          onChange={({ currentTarget: { value } }) =>
            set({ generation: value === "" ? null : Number(value) })
          }
        >
          <option value="">all</option>
          {[...new Set([...generations, ...(builds.value === null ? [] : [builds.value])])].map(
            (one) => (
              <option value={one} key={one}>
                #{one}
              </option>
            ),
          )}
        </select>
      </label>
      <button
        type="button"
        aria-pressed={following.value}
        onClick={() => (following.value = !following.value)}
      >
        {following.value ? "Following" : "Paused"}
      </button>
      <span class="quiet count">
        {props.found === props.all
          ? plural(props.all, "line")
          : `${props.found.toLocaleString("en")} of ${plural(props.all, "line")}`}
      </span>
    </div>
  );
}

const levels: readonly (readonly [Level, string])[] = [
  ["debug", "all"],
  ["info", "info and above"],
  ["warn", "warnings and errors"],
  ["error", "errors"],
];

function set(change: Partial<typeof logFilter.value>): void {
  logFilter.value = { ...logFilter.value, ...change };
}

function Lines(props: {
  shown: readonly LogLine[];
  gaps: Log["gaps"];
  earlier: number;
  more: () => void;
}): VNode {
  const { shown, gaps, earlier, more } = props;
  const box = useRef<HTMLDivElement>(null);
  const last = shown.at(-1)?.id;
  useLayoutEffect(() => {
    const element = box.current;
    if (element !== null && following.peek()) element.scrollTop = element.scrollHeight;
  }, [last, shown.length, following.value]);
  return (
    <div
      class="log-lines"
      ref={box}
      role="group"
      aria-label="Lines"
      tabIndex={0}
      onWheel={({ deltaY }) => deltaY < 0 && leave(box.current)}
      onTouchMove={() => leave(box.current)}
      onKeyDown={({ key }) => ["ArrowUp", "PageUp", "Home"].includes(key) && leave(box.current)}
    >
      {earlier > 0 && (
        <button type="button" class="link" onClick={more}>
          Show {plural(Math.min(earlier, page), "earlier line")} of {earlier.toLocaleString("en")}
        </button>
      )}
      {shown.length === 0 && (
        <Empty>No line matches. Clear the search or choose another level.</Empty>
      )}
      <ol>
        {shown.map((line) => (
          <Line line={line} gap={gaps.get(line.id) ?? null} key={line.id} />
        ))}
      </ol>
    </div>
  );
}

/** Whoever scrolls up wants to read. */
function leave(box: HTMLDivElement | null): void {
  if (box !== null && box.scrollHeight > box.clientHeight) following.value = false;
}

/** A line never changes, so that it is drawn once. */
class Line extends Component<{ line: LogLine; gap: Gap | null }> {
  override shouldComponentUpdate({ line }: { line: LogLine }): boolean {
    return line !== this.props.line;
  }

  override render(): VNode {
    const { at, generation, level, stream, text } = this.props.line;
    const { gap } = this.props;
    return (
      <li class={`log-line level-${level ?? "none"} ${stream}`}>
        {gap !== null && <span class="log-gap">{wordsOf(gap)}</span>}
        <span class="log-time">{timeOf(at)}</span>
        <span class="log-build">{generation === null ? "" : `#${generation}`}</span>
        <span class="log-level">{level ?? (stream === "stderr" ? "stderr" : "")}</span>
        <bdi class="log-text">
          {colouredText(text).map(({ text, classes }, index) =>
            classes === "" ? (
              text
            ) : (
              <span class={classes} key={index}>
                {text}
              </span>
            ),
          )}
        </bdi>
      </li>
    );
  }
}

const wordsOf = (gap: Gap): string =>
  "bytes" in gap
    ? `${bytes(gap.bytes)} before this came faster than could be shown`
    : `${plural(gap.lines, "line")} before this came while this page did not follow`;

function timeOf(at: number): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

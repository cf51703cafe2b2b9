import { useComputed } from "@preact/signals";
import type { VNode } from "preact";
import type { ServiceBoard } from "../../../core/dashboard.ts";
import { act } from "../requests.ts";
import { fragmentOf } from "../route.ts";
import { board as shownBoard, go, now, root, route, services } from "../store.ts";
import {
  type Standing,
  activityWords,
  addressUrl,
  baseName,
  elapsed,
  plural,
  standing,
} from "../words.ts";
import { Outside, Since } from "./common.tsx";

/** All services, where there are several. */
export function ServiceList(): VNode | null {
  const counts = useComputed(() => countWords(services.value.map(standing)));
  if (services.value.length < 2) return null;
  return (
    <nav class="services" aria-label="Services">
      <h2>Services</h2>
      <p class="quiet">{counts}</p>
      <ul>
        {services.value.map((one) => (
          <ServiceItem one={one} key={one.name} />
        ))}
      </ul>
    </nav>
  );
}

function ServiceItem({ one }: { one: ServiceBoard }): VNode {
  const { tone, words } = standing(one);
  const current = shownBoard.value?.name === one.name;
  return (
    <li>
      <a
        href={fragmentOf({ ...route.value, service: one.name })}
        aria-current={current ? "true" : undefined}
        class={`service tone-${tone}`}
        onClick={(event) => {
          event.preventDefault();
          go({ service: one.name });
        }}
      >
        <span class="sign" aria-hidden="true">
          {toneSigns[tone]}
        </span>
        <span class="service-name">
          <Outside text={one.name} />
        </span>
        <span class="service-words">{words}</span>
      </a>
    </li>
  );
}

function countWords(standings: readonly Standing[]): string {
  const count = (tone: Standing["tone"]): number =>
    standings.filter((one) => one.tone === tone).length;
  const parts: readonly (readonly [number, string])[] = [
    [count("bad"), "not live"],
    [count("busy"), "under way"],
    [count("warn"), "waiting"],
    [count("good"), "live"],
    [count("none"), "not running"],
  ];
  return parts
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`)
    .join(", ");
}

/** Not by colours alone. */
export const toneSigns: Readonly<Record<Standing["tone"], string>> = {
  good: "●",
  bad: "✕",
  busy: "↻",
  warn: "◐",
  none: "○",
};

/** What is live, since when, where, and what goes on. */
export function ServiceHead({ board }: { board: ServiceBoard }): VNode {
  const { tone, words } = standing(board);
  const { state, main, name, liveSince } = board;
  return (
    <div class={`service-head tone-${tone}`}>
      <div class="service-title">
        <h2>
          <Outside text={name === "" ? mainName(main) : name} />
        </h2>
        {name !== "" && main !== "." && (
          <span class="quiet">
            <Outside text={main} />
          </span>
        )}
      </div>
      <p class="standing">
        <span class="sign" aria-hidden="true">
          {toneSigns[tone]}
        </span>{" "}
        {words}
        {liveSince !== null && state.serving !== null && (
          <>
            {" "}
            for <Since at={liveSince} />
          </>
        )}
        <Doing board={board} />
      </p>
      <Facts board={board} />
      {state.waiting !== null && (
        <button
          type="button"
          class="primary"
          onClick={() => void act({ type: "swap", service: name }, "The swap begins.")}
        >
          Make #{state.waiting} live
        </button>
      )}
    </div>
  );
}

/** The package at the root has no name of its own. */
const mainName = (main: string): string => (main === "." ? baseName(root.value) : main);

function Doing({ board }: { board: ServiceBoard }): VNode | null {
  const { state, activeSince } = board;
  if (activeSince === null || state.activity === "idle") return null;
  const words = activityWords(state.activity, state.waitsFor ?? []);
  const told = standing(board).words.includes(words ?? "");
  const { fetching } = state;
  return (
    <span class="doing">
      <span class="spinner" aria-hidden="true" />
      {told ? "" : `#${state.newest} ${words ?? ""} `}
      {fetching !== null && `${fetching.done} of ${plural(fetching.total, "module")} `}
      {elapsed(now.value - activeSince)}
    </span>
  );
}

function Facts({ board }: { board: ServiceBoard }): VNode | null {
  const { serving, swap, paused } = board.state;
  const facts: VNode[] = [];
  if (paused) facts.push(<li class="warn">paused: saves are collected, nothing is built</li>);
  for (const address of serving?.addresses ?? []) {
    const url = addressUrl(address);
    facts.push(
      <li>
        {url === null ? (
          <Outside text={`${address.network} ${address.address}`} />
        ) : (
          <a href={url} target="_blank" rel="noreferrer">
            {url}
          </a>
        )}
      </li>,
    );
  }
  if (serving !== null) facts.push(<li>process {serving.pid}</li>);
  if (swap !== null) facts.push(<li title={swap.why ?? undefined}>{swapWords[swap.way]}</li>);
  return facts.length === 0 ? null : <ul class="facts">{facts}</ul>;
}

const swapWords = {
  overlap: "the next version starts beside this one",
  handoff: "this one ends before the next starts, its sockets stay open",
  "stop-start": "this one ends before the next starts",
} as const;

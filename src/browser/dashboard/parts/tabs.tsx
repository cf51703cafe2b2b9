import type { VNode } from "preact";
import type { ServiceBoard } from "../../../core/dashboard.ts";
import { type Tab, tabs } from "../route.ts";
import { go, route } from "../store.ts";
import { BuildsPanel } from "./builds.tsx";
import { DrainCard } from "./drain.tsx";
import { HealthPanel } from "./health.tsx";
import { LogsPanel } from "./logs.tsx";
import { PackagesPanel } from "./packages.tsx";
import { SaveCard } from "./save.tsx";
import { TestsPanel } from "./tests.tsx";
import { TimelineCard } from "./timeline.tsx";

/** The panels of a service, one of them shown. */
export function Panels({ board }: { board: ServiceBoard }): VNode {
  const { tab } = route.value;
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Panels" onKeyDown={moveTab}>
        {tabs.map((name) => (
          <button
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === tab}
            aria-controls="panel"
            tabIndex={name === tab ? 0 : -1}
            onClick={() => go({ tab: name })}
            key={name}
          >
            {titles[name]} <Mark board={board} tab={name} />
          </button>
        ))}
      </div>
      <div id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`} class={`panel panel-${tab}`}>
        <Panel tab={tab} board={board} />
      </div>
    </>
  );
}

const titles: Readonly<Record<Tab, string>> = {
  overview: "Overview",
  logs: "Logs",
  tests: "Tests",
  packages: "Packages",
  builds: "Builds",
  gust: "gust",
};

function Panel({ tab, board }: { tab: Tab; board: ServiceBoard }): VNode {
  // What is chosen in one service means nothing in another.
  const key = board.name;
  switch (tab) {
    case "overview":
      return (
        <>
          <TimelineCard board={board} key={key} />
          <div class="pair">
            <SaveCard board={board} key={`save ${key}`} />
            <DrainCard drain={board.drain} />
          </div>
        </>
      );
    case "logs":
      return <LogsPanel board={board} key={key} />;
    case "tests":
      return <TestsPanel board={board} key={key} />;
    case "packages":
      return <PackagesPanel board={board} key={key} />;
    case "builds":
      return <BuildsPanel board={board} key={key} />;
    case "gust":
      return <HealthPanel />;
  }
}

/** That a panel has something one should look at. */
function Mark({ board, tab }: { board: ServiceBoard; tab: Tab }): VNode | null {
  if (tab !== "tests") return null;
  const { report, running } = board.tests ?? {};
  const failed = report == null ? 0 : report.failed + report.broken.length;
  if (failed > 0) return <span class="mark bad">{failed} failed</span>;
  return running == null ? null : <span class="mark">running</span>;
}

function moveTab(event: KeyboardEvent): void {
  const at = tabs.indexOf(route.value.tab);
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: (at + 1) % tabs.length,
    ArrowLeft: (at + tabs.length - 1) % tabs.length,
    Home: 0,
    End: tabs.length - 1,
  };
  const next = tabs[steps[event.key] ?? -1];
  if (next === undefined) return;
  event.preventDefault();
  go({ tab: next });
  document.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
}

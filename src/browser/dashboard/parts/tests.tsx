import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import type { ServiceBoard, TestBoard } from "../../../core/dashboard.ts";
import {
  type BrokenPackage,
  type PackageCoverage,
  type TestFailure,
  type TestReport,
  type TestResult,
  percentOf,
} from "../../../core/test-report.ts";
import { plainText } from "../ansi.ts";
import { commonPrefix, shortPath } from "../graph-layers.ts";
import { act } from "../requests.ts";
import { differenceOf, testRows } from "../test-rows.ts";
import { duration, plural, selectionWords, sentence } from "../words.ts";
import { Card, Empty, Outside, PlaceButton, Table } from "./common.tsx";

const noRun: TestBoard = { running: null, report: null, generation: null };

/** Tests that ran for the last saves, and what they reached. */
export function TestsPanel({ board }: { board: ServiceBoard }): VNode {
  const { tests } = board;
  if (tests === null && board.state.tests === undefined) {
    return (
      <Empty>
        Tests are off. With <code>mode = "watch"</code> in <code>[test]</code> of gust.toml, those
        that a save may have broken run by themselves, and are shown here.
      </Empty>
    );
  }
  const { running, report, generation } = tests ?? noRun;
  const failed = report !== null && report.failed + report.broken.length > 0;
  return (
    <>
      <Card
        title={generation === null ? "Tests" : `Tests of #${generation}`}
        aside={
          <div class="actions">
            {failed && <RunButton board={board} what="failed" text="Run the failed ones" />}
            <RunButton board={board} what="all" text="Run all" />
          </div>
        }
      >
        {running !== null && (
          <p class="running">
            <span class="spinner" aria-hidden="true" /> {sentence(selectionWords(running))}: under
            way.
          </p>
        )}
        {report === null ? (
          running === null && <Empty>No test has run yet: the next save chooses some.</Empty>
        ) : (
          <Report report={report} />
        )}
      </Card>
      {report !== null && report.coverage.length > 0 && <Coverage coverage={report.coverage} />}
    </>
  );
}

function RunButton(props: { board: ServiceBoard; what: "failed" | "all"; text: string }): VNode {
  const { board, what, text } = props;
  const done = what === "all" ? "All tests run now." : "The failed tests run now.";
  return (
    <button
      type="button"
      onClick={() => void act({ type: "tests", service: board.name, what }, done)}
    >
      {text}
    </button>
  );
}

function Report({ report }: { report: TestReport }): VNode {
  const { passed, failed, skipped, packages, durationMs, broken, meanwhile } = report;
  const parts = [
    ...(failed > 0 ? [`${plural(failed, "test")} failed`] : []),
    `${passed} passed`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return (
    <>
      <p>
        <strong class={failed + broken.length > 0 ? "bad" : "good"}>
          <span aria-hidden="true">{failed + broken.length > 0 ? "✕" : "✓"}</span>{" "}
          {parts.join(", ")}
        </strong>{" "}
        in {plural(packages, "package")}, {duration(durationMs)}.
      </p>
      {meanwhile.length > 0 && (
        <p class="warn">Files changed while they ran: this does not count.</p>
      )}
      {broken.map((one) => (
        <Broken broken={one} key={one.package} />
      ))}
      <Results rows={testRows(report)} />
    </>
  );
}

function Broken({ broken }: { broken: BrokenPackage }): VNode {
  return (
    <div class="broken">
      <p>
        <span class="bad">
          <span aria-hidden="true">✕</span> <Outside text={broken.package} />
        </span>{" "}
        {broken.built ? "ended without a word of its tests" : "does not compile"}
      </p>
      <pre class="seen" tabIndex={0} role="group" aria-label={`Output of ${broken.package}`}>
        {plainText(broken.output)}
      </pre>
    </div>
  );
}

const shownAtFirst = 50;

function Results({ rows }: { rows: readonly TestResult[] }): VNode | null {
  const all = useSignal(false);
  if (rows.length === 0) return null;
  const shown = all.value ? rows : rows.slice(0, shownAtFirst);
  const prefix = commonPrefix(rows.map((row) => row.package));
  return (
    <>
      <Table
        caption="Results, failed tests first"
        heads={[
          { text: "Result" },
          { text: "Test" },
          { text: "Package" },
          { text: "Time", number: true },
        ]}
      >
        {shown.map((row) => (
          <ResultRow row={row} prefix={prefix} key={`${row.package} ${row.name}`} />
        ))}
      </Table>
      {shown.length < rows.length && (
        <button type="button" class="link" onClick={() => (all.value = true)}>
          Show {plural(rows.length - shown.length, "more test")}
        </button>
      )}
    </>
  );
}

const outcomes = {
  failed: { sign: "✕", tone: "bad" },
  skipped: { sign: "–", tone: "quiet" },
  passed: { sign: "✓", tone: "good" },
} as const;

function ResultRow({ row, prefix }: { row: TestResult; prefix: string }): VNode {
  const { sign, tone } = outcomes[row.outcome];
  return (
    <>
      <tr>
        <td class={`${tone} nowrap`}>
          <span aria-hidden="true">{sign}</span> {row.outcome}
        </td>
        <th scope="row">
          <code>
            <Outside text={row.name} />
          </code>
        </th>
        <td class="quiet" title={row.package}>
          <Outside text={shortPath(row.package, prefix)} />
        </td>
        <td class="number">{duration(row.durationMs)}</td>
      </tr>
      {row.failure !== null && (
        <tr class="failed-row">
          <td colSpan={4}>
            <Failed failure={row.failure} name={row.name} />
          </td>
        </tr>
      )}
    </>
  );
}

function Failed({ failure, name }: { failure: TestFailure; name: string }): VNode {
  const { message, place, difference, output } = failure;
  return (
    <>
      <p>
        {place !== null && <PlaceButton file={place.file} line={place.line} />}{" "}
        <Outside text={message} />
      </p>
      {difference !== null && <WantGot want={difference.want} got={difference.got} />}
      {output !== "" && (
        <details>
          <summary>Output</summary>
          <pre class="seen" tabIndex={0} role="group" aria-label={`Output of ${name}`}>
            {plainText(output)}
          </pre>
        </details>
      )}
    </>
  );
}

function WantGot({ want, got }: { want: string; got: string }): VNode {
  const { before, after, ...parts } = differenceOf(want, got);
  return (
    <dl class="want-got">
      {(["want", "got"] as const).map((side) => (
        <div class={side} key={side}>
          <dt>{side}</dt>
          <dd>
            <code>
              {plainText(before)}
              {parts[side] !== "" && <mark>{plainText(parts[side])}</mark>}
              {plainText(after)}
            </code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Coverage({ coverage }: { coverage: readonly PackageCoverage[] }): VNode {
  const sorted = coverage.toSorted((a, b) => percentOf(a) - percentOf(b));
  return (
    <Card title="Coverage of changed packages">
      <Table
        caption="Coverage, the lowest first"
        heads={[
          { text: "Package" },
          { text: "Covered", number: true },
          { text: "Statements", number: true },
          { text: "Share" },
        ]}
      >
        {sorted.map((one) => (
          <tr key={one.package}>
            <th scope="row">
              <Outside text={one.package} />
            </th>
            <td class="number">{percentOf(one).toFixed(1)} %</td>
            <td class="number">
              {one.covered} of {one.statements}
            </td>
            <td>
              <Share value={percentOf(one) / 100} />
            </td>
          </tr>
        ))}
      </Table>
    </Card>
  );
}

function Share({ value }: { value: number }): VNode {
  return (
    <svg class="share" width="96" height="8" aria-hidden="true">
      <rect width="96" height="8" rx="4" />
      <rect class="share-full" width={96 * value} height="8" rx="4" />
    </svg>
  );
}

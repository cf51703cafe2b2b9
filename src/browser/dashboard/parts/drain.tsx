import type { VNode } from "preact";
import type { Drained } from "../../../core/dashboard.ts";
import { drainWords, duration, plural } from "../words.ts";
import { Card, Clock, Empty, Outside, PlaceButton, Table } from "./common.tsx";

/** What the version before left behind when it went. */
export function DrainCard({ drain }: { drain: Drained | null }): VNode {
  return (
    <Card title="The version before">
      {drain === null ? (
        <Empty>
          Nothing was replaced yet. After the next save that becomes live, this tells what became of
          the connections of the version before.
        </Empty>
      ) : (
        <Report drain={drain} />
      )}
    </Card>
  );
}

function Report({ drain }: { drain: Drained }): VNode {
  const { generation, at, ms, forced, report, goroutines } = drain;
  const groups = goroutines.length > 0 ? goroutines : report.goroutines;
  return (
    <>
      <p>
        #{generation} {forced ? "had to be killed after" : "ended in"} {duration(ms)} at{" "}
        <Clock at={at} />: {drainWords(report)}.
        {report.descriptors !== null && ` It had ${plural(report.descriptors, "file")} open.`}
      </p>
      <dl class="numbers">
        <Number name="moved" value={report.moved} tone="good" />
        <Number name="closed" value={report.closed} tone="" />
        <Number name="cut" value={report.cut} tone={report.cut > 0 ? "bad" : ""} />
      </dl>
      {groups.length > 0 && (
        <Table
          caption="What its goroutines did"
          heads={[{ text: "Goroutines", number: true }, { text: "Function" }, { text: "Place" }]}
        >
          {groups.map((group) => (
            <tr key={`${group.function} ${group.file}:${group.line}`}>
              <td class="number">{group.count}</td>
              <td>
                <code>
                  <Outside text={group.function} />
                </code>
              </td>
              <td>
                <PlaceButton file={group.file} line={group.line} />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  );
}

function Number({ name, value, tone }: { name: string; value: number; tone: string }): VNode {
  return (
    <div class={tone}>
      <dt>{name}</dt>
      <dd>{value.toLocaleString("en")}</dd>
    </div>
  );
}

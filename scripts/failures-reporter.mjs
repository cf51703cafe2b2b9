// A reporter of Node's test runner: only what failed, so that it can be told again at the end, where
// it is looked for.
const SHOWN_LINES = 80;

// oxlint-disable-next-line import/no-default-export -- Node takes reporters by their default export
export default async function* failures(events) {
  for await (const { type, data } of events) {
    if (type !== "test:fail") continue;
    const { error } = data.details;
    // One that failed because a part of it failed: the part is told.
    if (error?.failureType === "subtestsFailed") continue;
    const cause = error?.cause ?? error;
    const lines = String(cause?.stack ?? cause).split("\n");
    const shown = lines.length > SHOWN_LINES ? [...lines.slice(0, SHOWN_LINES), "…"] : lines;
    yield `${data.name}\n  ${data.file}:${data.line}\n${shown.map((line) => `    ${line}\n`).join("")}\n`;
  }
}

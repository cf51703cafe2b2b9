import type { VNode } from "preact";
import type { Cause, CauseFile } from "../../../core/notice.ts";
import { root } from "../store.ts";
import { causeWords, editWords, fileName, moduleEditWords, plural, sentence } from "../words.ts";

/** What a save has changed, file by file and declaration by declaration. */
export function Changes({ cause }: { cause: Cause }): VNode {
  if (cause.type !== "files") return <p>{sentence(causeWords(cause, root.value))}.</p>;
  const more = cause.count - cause.files.length;
  return (
    <ul class="changes">
      {cause.files.map((file) => (
        <ChangedFile file={file} key={file.path} />
      ))}
      {more > 0 && <li class="quiet">and {plural(more, "more file")}</li>}
    </ul>
  );
}

function ChangedFile({ file }: { file: CauseFile }): VNode {
  const edits = [
    ...(file.edits ?? []).map((edit) => ({ kind: edit.edit, words: editWords(edit, root.value) })),
    ...(file.moduleEdits ?? []).map((edit) => ({ kind: edit.edit, words: moduleEditWords(edit) })),
  ];
  const change = file.change === "modified" ? "" : file.change === "created" ? "new" : "removed";
  return (
    <li>
      <code class="file">{fileName(file.path, root.value)}</code>
      {change !== "" && <span class={`tag tag-${change}`}>{change}</span>}
      {file.kind !== "go" && <span class="tag">{kindWords[file.kind]}</span>}
      {edits.length > 0 && (
        <ul class="edits">
          {edits.map(({ kind, words }) => (
            <li class={`edit-${kind}`} key={words}>
              <code>{words}</code>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

const kindWords: Readonly<Record<CauseFile["kind"], string>> = {
  go: "Go",
  "go-test": "test",
  "test-input": "read by tests",
  native: "C or assembly",
  embed: "embedded",
  runtime: "read by the program",
  static: "read by pages",
  module: "module",
  config: "configuration",
  env: "environment",
  "rule-input": "input of a rule",
  "rule-output": "output of a rule",
  binary: "binary",
  irrelevant: "without effect",
};

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failure } from "../../core/failure.ts";
import { errorPage, errorText } from "./error-page.ts";

const plain = { generation: 3, label: "none; failed=3", root: "/app", readSource: () => null };

function check(failure: Failure, ...expected: readonly string[]): string {
  const page = errorPage({ ...plain, failure });
  for (const text of expected) assert.ok(page.includes(text), `no ${text} in ${page}`);
  return page;
}

test("the page tells what failed and where, with the code", () => {
  const source = "package main\n\nfunc main() {\n\tfoo()\n}\n";
  const failure: Failure = {
    code: "BUILD_FAILED",
    message: "the build failed",
    diagnostics: [
      { file: "/app/main.go", line: 4, column: 2, message: "undefined: foo", own: true },
    ],
  };
  const page = errorPage({ ...plain, failure, readSource: () => source });
  assert.match(page, /<b>main\.go:4:2<\/b> undefined: foo/);
  assert.match(page, /<mark>&gt; 4 \|.*foo\(\)<\/mark>/);
  assert.match(page, /data-label="none; failed=3"/);
});

test("a crash is shown with its frame, other output as it is", () => {
  check(
    {
      code: "CRASHED",
      message: "the program crashed",
      crash: {
        kind: "panic",
        message: "panic: oh no",
        frame: { function: "main.run", file: "/app/run.go", line: 7 },
      },
    },
    "panic: oh no",
    "at main.run <b>run.go:7</b>",
  );
  check(
    { code: "START_EXITED", message: "it ended", seen: "no database\n" },
    "<pre>no database</pre>",
  );
});

test("nothing of the program or the compiler becomes markup", () => {
  const evil = `</script><img src=x onerror="alert(1)">&`;
  const page = check(
    {
      code: "BUILD_FAILED",
      message: evil,
      seen: evil,
      hint: evil,
      crash: { kind: "panic", message: evil, frame: { function: evil, file: evil, line: 1 } },
    },
    "&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;",
  );
  assert.ok(!page.includes("<img"));
});

test("other clients get the reason in plain text", () => {
  const diagnostics = [{ file: "a.go", line: 1, column: 2, message: "bad", own: true }];
  const failure: Failure = { code: "BUILD_FAILED", message: "the build failed", diagnostics };
  assert.equal(
    errorText({ failure, generation: 3 }),
    "#3 is not live: the build failed\na.go:1:2: bad\n",
  );
});

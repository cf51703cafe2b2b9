import assert from "node:assert/strict";
import { test } from "node:test";
import { type Level, levelNamed, levelOf } from "./level.ts";

const check = (line: string, expected: Level | null) => assert.equal(levelOf(line), expected, line);

test("the level of a line is read as the loggers of Go write it", () => {
  // log/slog: the default, text, JSON, and levels between.
  check("2026/01/02 03:04:05 INFO hello a=1", "info");
  check("2026/01/02 03:04:05 WARN hello", "warn");
  check("2026/01/02 03:04:05 ERROR+2 hello", "error");
  check("time=2026-01-02T03:04:05.000Z level=ERROR msg=x", "error");
  check("level=DEBUG-4 msg=x", "debug");
  check('{"time":"t","level":"WARN+1","msg":"x"}', "warn");
  // zap: production, development.
  check('{"level":"error","ts":1.2,"caller":"a.go:1","msg":"x"}', "error");
  check('{"level":"dpanic","msg":"x"}', "fatal");
  check("2026-01-02T03:04:05.000Z\tINFO\tapp/main.go:3\thello", "info");
  check("2026-01-02T03:04:05.000Z\twarn\tapp/main.go:3\thello", "warn");
  // zerolog: JSON and console.
  check('{"level":"trace","time":1,"message":"x"}', "trace");
  check("3:04AM WRN hello", "warn");
  check("3:04AM FTL hello", "fatal");
  // logrus: JSON, text, on a terminal.
  check('{"level":"warning","msg":"x","time":"t"}', "warn");
  check('time="2026" level=warning msg=x', "warn");
  check("WARN[0003] hello", "warn");
  check("ERRO[0003] hello", "error");
  // log, and others.
  check("2026/01/02 03:04:05 ERROR: no disk", "error");
  check("2026/01/02 03:04:05 main.go:7: error: no disk", "error");
  check("[warn] slow", "warn");
  check("app: [ERROR] slow", "error");
  check('{"severity":"CRITICAL","message":"x"}', "fatal");
  check("panic: runtime error: index out of range", "fatal");
  check("fatal error: all goroutines are asleep - deadlock!", "fatal");
  // No levels.
  check("", null);
  check("hello", null);
  check("2026/01/02 03:04:05 there was no error here", null);
  check("information", null);
  check("MY-ERROR-CODE 7", null);
  check('{"result":"error"}', null);
  check(`${"x".repeat(200)} ERROR`, null);
});

test("levels have many names", () => {
  assert.equal(levelNamed("Warning"), "warn");
  assert.equal(levelNamed("loud"), null);
});

import { Project } from "./project.ts";
import type { Afterwards } from "../world/temp-module.ts";

/** What a version prints before it listens: statements of Go. */
export function sayFile(...statements: readonly string[]): string {
  return `package main

import (
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"
)

var _ = []interface{}{fmt.Print, log.Print, slog.Info, os.Args, time.Now}

func say() {
${statements.map((one) => `\t${one}\n`).join("")}}
`;
}

const MAIN = `package main

import (
	"net/http"
	"os"
)

func main() {
	say()
	_ = http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
`;

/** A program that prints what \`say.go\` says, and then serves. */
export function logProject(
  t: Afterwards,
  config: string,
  ...statements: readonly string[]
): Promise<Project> {
  return Project.create(t, null, {
    "go.mod": "module example.com/logs\n\ngo 1.21\n",
    "main.go": MAIN,
    "say.go": sayFile(...statements),
    "gust.toml": config,
  });
}

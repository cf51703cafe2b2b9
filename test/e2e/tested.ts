import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { EventOf } from "./events.ts";
import { Gust, type GustOptions } from "./gust.ts";
import { type Files, Project } from "./project.ts";
import type { Afterwards } from "../world/temp-module.ts";

/** A program of four packages with tests: main → user → store, and calc that only tests link. */
export const shop: Files = {
  "go.mod": "module shop\n\ngo 1.21\n",
  "main.go": `package main

import (
	"fmt"
	"net/http"
	"os"

	"shop/user"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, user.Greet("Ann"))
	})
	http.HandleFunc("/bye", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, user.Farewell("Ann"))
	})
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
`,
  "user/user.go": `package user

import "shop/store"

const polite = true

func Greet(name string) string { return "hello " + store.Title(name) }

func Farewell(name string) string { return "bye " + name }
`,
  "user/user_test.go": `package user

import (
	"fmt"
	"os"
	"testing"
)

func want(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGreet(t *testing.T) { want(t, Greet("Ann"), "hello Ms Ann") }

func TestFarewell(t *testing.T) { want(t, Farewell("Ann"), "bye Ann") }

func TestData(t *testing.T) {
	text, err := os.ReadFile("testdata/names.txt")
	if err != nil || string(text) != "Ann\\n" {
		t.Fatalf("got %q, want %q", text, "Ann\\n")
	}
}

func ExampleFarewell() {
	fmt.Println(Farewell("Bob"))
	// Output: bye Bob
}

func BenchmarkGreet(b *testing.B) {
	for i := 0; i < b.N; i++ {
		Greet("x")
	}
}

func FuzzFarewell(f *testing.F) {
	f.Add("a")
	f.Fuzz(func(t *testing.T, name string) { Farewell(name) })
}
`,
  "user/testdata/names.txt": "Ann\n",
  "store/store.go": `package store

func Title(name string) string { return "Ms " + name }

func Count() int { return 3 }
`,
  "store/store_test.go": `package store_test

import (
	"testing"

	"shop/store"
)

func TestTitle(t *testing.T) {
	if store.Title("A") != "Ms A" {
		t.Fatal("wrong title")
	}
}

func TestCount(t *testing.T) {
	if store.Count() < 1 {
		t.Fatal("nothing is there")
	}
}
`,
  "calc/calc.go": "package calc\n\nfunc Add(a, b int) int { return a + b }\n",
  "calc/calc_test.go": `package calc

import "testing"

func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatal("wrong sum")
	}
}
`,
};

export async function createShop(t: Afterwards, files: Files = {}): Promise<Project> {
  const project = await Project.create(t, null, { ...shop, ...files });
  project.onCleanUp(() => forget(project));
  return project;
}

/** Where gust remembers what the tests of this project reach. */
export function memoriesOf(project: Project): string[] {
  const dir = resolve("build/e2e-cache/tests");
  try {
    const found = readdirSync(dir).filter((name) => name.startsWith(`${basename(project.root)}-`));
    return found.map((name) => join(dir, name));
  } catch {
    return [];
  }
}

async function forget(project: Project): Promise<void> {
  for (const dir of memoriesOf(project)) await rm(dir, { recursive: true, force: true });
}

/** Starts gust and waits until the first version is live, and of all tests is known what they reach. */
export async function startRecorded(
  project: Project,
  args: readonly string[],
  options: GustOptions = {},
): Promise<Gust> {
  const gust = await Gust.start(project, { args, ...options });
  await gust.next("live");
  await gust.next("tests-recorded");
  return gust;
}

export const watching: readonly string[] = ["--test.mode", "watch"];
export const gating: readonly string[] = ["--test.mode", "gate"];

/** Names of the tests of a report, sorted; those that failed with an exclamation mark. */
export function outcomes({ report }: EventOf<"tests-finished">): readonly string[] {
  return report.results
    .filter(({ name }) => !name.includes("/"))
    .map(({ name, outcome }) => (outcome === "failed" ? `${name}!` : name))
    .toSorted();
}

/**
 * Files of a program with that many packages of its own: a tree, in which main imports ten, each
 * of these ten more, and so on. A package has three to five small files.
 */
export function scaleModule(packages: number): ReadonlyMap<string, string> {
  const files = new Map<string, string>([
    ["go.mod", "module example.com/tree\n\ngo 1.21\n"],
    ["main.go", mainText(packages)],
  ]);
  for (let number = 1; number <= packages; number += 1) {
    const name = nameOf(number);
    files.set(`internal/${name}/${name}.go`, packageText(number, packages, "v0"));
    for (let file = 1; file < 3 + (number % 3); file += 1) {
      files.set(`internal/${name}/part${file}.go`, partText(name, file));
    }
  }
  return files;
}

/** The file that is saved, in the last package: nothing is below it, and all the depth above. */
export const scaleFile = (packages: number): string =>
  `internal/${nameOf(packages)}/${nameOf(packages)}.go`;

/** Its text with this constant. */
export const scaleText = (packages: number, marker: string): string =>
  packageText(packages, packages, marker);

const width = 10;

const nameOf = (number: number): string => `p${number}`;

/** The packages that one imports; those of main, which is number 0, come first. */
function importsOf(number: number, packages: number): readonly string[] {
  const first = number * width + 1;
  const count = Math.max(0, Math.min(width, packages - first + 1));
  return Array.from({ length: count }, (_, index) => nameOf(first + index));
}

const importLines = (names: readonly string[]): string =>
  names
    .map((name) => `\t"example.com/tree/internal/${name}"\n`)
    .toSorted()
    .join("");

const sumOf = (names: readonly string[]): string =>
  names.map((name) => ` + ${name}.Length()`).join("");

function mainText(packages: number): string {
  const names = importsOf(0, packages);
  return `// Tree is a service made of many packages.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

${importLines(names)})

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, length())
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func length() int {
	return 0${sumOf(names)}
}
`;
}

function packageText(number: number, packages: number, marker: string): string {
  const names = importsOf(number, packages);
  return `// Package ${nameOf(number)} is one of many.
package ${nameOf(number)}

import (
	"strings"
${names.length === 0 ? "" : `\n${importLines(names)}`})

const text = ${JSON.stringify(marker)}

// A variable keeps the text in the program, and out of what importers see.
var words = strings.Fields(text)

// Length counts the words here and below.
func Length() int {
	return len(words)${sumOf(names)}
}
`;
}

const partText = (name: string, file: number): string => `package ${name}

// Record${file} is what this part keeps.
type Record${file} struct {
	ID    int
	Title string
	Tags  []string
}

// Has tells whether a tag is set.
func (r Record${file}) Has(tag string) bool {
	for _, one := range r.Tags {
		if one == tag {
			return true
		}
	}
	return false
}
`;

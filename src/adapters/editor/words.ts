/** Splits like a shell would, as far as quotes go; nothing is expanded. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)) {
    words.push(match[0].replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  }
  return words;
}

/** The name by which an editor is known: without its directory, ending and the case of its letters. */
export function editorName(program: string): string {
  const path = program.replaceAll("\\", "/");
  return path
    .slice(path.lastIndexOf("/") + 1)
    .toLowerCase()
    .replace(/\.(?:exe|com|cmd|bat|sh)$/, "");
}

import type { EditorPlace } from "./place.ts";

/**
 * A Vim expression that shows a place, for `--remote-expr` of Vim 8 and Neovim. The name of the file
 * is in it as a JSON string in which everything but letters, digits and `/._-` is an escape: it can
 * neither end the string nor be a command, and no wildcard or `%` of it is expanded.
 */
export function vimExpression({ file, line, column }: EditorPlace): string {
  const commands = SHOW.map((command) => `'${command.replaceAll("'", "''")}'`).join(",");
  const place = `json_decode('"${escaped(file)}"'),${line},${Math.max(1, column)}`;
  return `call({f,l,c->execute([${commands}])},[${place}])`;
}

/**
 * Ex commands that know the place by the names f, l and c. A window that shows the file already is
 * the best, then this one, then another of the tab; one with a terminal (gust's own, maybe), a list or
 * a tree stays as it is. What has been changed in the window stays in its buffer.
 */
const SHOW = [
  "let n=bufadd(f)",
  "call setbufvar(n,'&buflisted',1)",
  "let w=win_findbuf(n)",
  "if empty(w)|let w=filter(map(range(1,winnr('$')),'win_getid(v:val)'),'getbufvar(winbufnr(v:val),\"&buftype\")==#\"\"')|endif",
  "if index(w,win_getid())<0|if empty(w)|split|else|call win_gotoid(w[0])|endif|endif",
  "if bufnr('%')!=n|execute 'hide buffer' n|endif",
  "call cursor(l,c)",
  "normal! zvzz",
];

function escaped(text: string): string {
  let result = "";
  for (let index = 0; index < text.length; index += 1) {
    const unit = text[index] ?? "";
    // By units of UTF-16, as JSON escapes what lies beyond the first plane.
    const number = text.charCodeAt(index); // oxlint-disable-line unicorn/prefer-code-point -- units are meant
    result += /[A-Za-z0-9/._-]/.test(unit) ? unit : `\\u${number.toString(16).padStart(4, "0")}`;
  }
  return result;
}

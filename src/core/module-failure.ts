import type { BuildContext } from "./build-failure.ts";
import type { Failure } from "./failure.ts";

/** What a failure was about, as far as the output of a command tells it. */
export type Cause = Pick<Failure, "code" | "message" | "hint" | "fix" | "diagnostics">;
export type FindCause = (text: string, context: BuildContext) => Cause | null;

/** Recognises, in the output of a go command, what is wrong with modules and their files. */
export function moduleCause(text: string, context: BuildContext): Cause | null {
  return causes.reduce<Cause | null>((found, find) => found ?? find(text, context), null);
}

/** Asked in this order; the first that recognises the output wins. */
const causes: readonly FindCause[] = [
  checksumMismatch,
  olderGo,
  missingToolchain,
  missingModule,
  missingSum,
  wrongImportPath,
  outdatedVendor,
  outdatedModuleFile,
  privateModule,
  unknownVersion,
  unreachableModule,
  invalidModuleFile,
  missingReplacement,
];

/** A failure that a go command puts right: the hint names the command. */
const fixedBy = (cause: Pick<Cause, "code" | "message">, ...fix: readonly string[]): Cause => ({
  ...cause,
  hint: `run \`go ${fix.join(" ")}\``,
  fix,
});

function checksumMismatch(text: string): Cause | null {
  const match = /verifying (\S+?)(?:\/go\.mod)?: checksum mismatch/.exec(text);
  if (match === null) return null;
  const [, name = ""] = match;
  const against = /^\s*go\.sum:/m.test(text) ? "go.sum" : "the checksum database";
  return {
    code: "MODULE_CHECKSUM",
    message: `${shown(name)} is not what ${against} knows: its checksum is another one`,
    hint: "nothing of it is used; find out who changed it before you remove its lines from go.sum (`go help module-auth`)",
  };
}

function olderGo(text: string): Cause | null {
  const match = /requires go >= (\S+) \(running go (\S+?)[;)]/.exec(text);
  if (match === null) return null;
  const file = /\bgo\.work requires/.test(text) ? "go.work" : "go.mod";
  return {
    code: "GO_TOO_OLD",
    message: `${file} needs Go ${match[1] ?? ""}, and this is Go ${match[2] ?? ""}`,
    hint: /GOTOOLCHAIN=local/.test(text)
      ? "install a newer Go, or unset GOTOOLCHAIN so that Go may fetch one"
      : "install a newer Go from https://go.dev/dl/",
  };
}

function missingToolchain(text: string): Cause | null {
  const match =
    /(?:^|\n)go: (?:(?:download|golang\.org\/toolchain@v[\d.]+-)\s?(go\d+(?:\.\d+\w*)*)(?: for \S+|\.[a-z]\S*)?: (.+)|cannot find "(go\d\S*)" in PATH|invalid GOTOOLCHAIN "(go\d\S*)")/.exec(
      text,
    );
  if (match === null) return null;
  const [, asked, why, inPath, invalid] = match;
  const name = asked ?? inPath ?? invalid ?? "";
  const reason =
    why === undefined
      ? inPath === undefined
        ? "there is no such version"
        : "it is not in the PATH, and GOTOOLCHAIN allows no download"
      : /toolchain not available/.test(why)
        ? "it is not available for download"
        : `it cannot be downloaded: ${why.replace(/^golang\.org\/toolchain@\S+: /, "")}`;
  return {
    code: "TOOLCHAIN_MISSING",
    message: `the toolchain ${name} is not on this machine, and ${reason}`,
    hint: "install it from https://go.dev/dl/, or correct the `go` and `toolchain` lines",
  };
}

function missingModule(text: string, context: BuildContext): Cause | null {
  const missing = unique(
    all(text, /(?:no required module provides|cannot find module providing) package ([^\s;:]+)/g),
  );
  const [first] = missing;
  if (first === undefined) return null;
  const ownPath = missing.find((path) => isBelow(path, context.modulePath));
  // `go get` is what Go advises here too, but there is nothing to get.
  if (ownPath !== undefined) {
    return {
      code: "MODULE_NOT_FOUND",
      message: `there is no package ${ownPath} in this module`,
      hint: "check the import path, or create the package",
    };
  }
  const code = "MODULE_NOT_FOUND";
  // The command that would add it has looked for it, and found nothing.
  if (/cannot find module providing/.test(text)) {
    return {
      code,
      message: `no module provides ${first}`,
      hint: `check the import path; ${privateHint(first)}`,
    };
  }
  if (missing.length === 1) {
    const advice = /^\s*go get (\S+)\s*$/m.exec(text)?.[1] ?? first;
    return fixedBy({ code, message: `no module in go.mod provides ${first}` }, "get", advice);
  }
  const message = `no module in go.mod provides ${first} and ${missing.length - 1} more`;
  return fixedBy({ code, message }, "mod", "tidy");
}

function missingSum(text: string): Cause | null {
  const match =
    /missing go\.sum entry for (?:go\.mod file|module providing package )?([^\s;(:]*)/.exec(text);
  if (match === null) return null;
  const [, module = ""] = match;
  const named = module === "" ? (/^go: (\S+@\S+?):/m.exec(text)?.[1] ?? "a module") : module;
  const message = `go.sum does not know ${named}`;
  return fixedBy({ code: "MODULE_SUM_MISSING", message }, "mod", "tidy");
}

function wrongImportPath(text: string, context: BuildContext): Cause | null {
  const match = /package (\S+) is not in (?:std|GOROOT)/.exec(text);
  if (match === null) return null;
  const path = match[1] ?? "";
  const own = context.modulePath === undefined ? "" : ` (this module is ${context.modulePath})`;
  return {
    code: "MODULE_NOT_FOUND",
    message: `package ${path} is neither in the standard library nor in a module`,
    hint: `check the import path: it begins with the path of its module${own}`,
  };
}

function outdatedVendor(text: string): Cause | null {
  if (!/inconsistent vendoring/.test(text)) return null;
  const workspace = /^\s*go work vendor\s*$/m.test(text);
  const file = workspace ? "go.work" : "go.mod";
  const cause = {
    code: "VENDOR_OUTDATED",
    message: `vendor/modules.txt does not fit ${file}`,
  } as const;
  return fixedBy(cause, workspace ? "work" : "mod", "vendor");
}

function outdatedModuleFile(text: string): Cause | null {
  const advice = /^\s*go ((?:mod|work) .*\S|get .*\S)\s*$/m.exec(text)?.[1];
  const told = /updates to go\.(?:mod|sum|work)|go\.work|to (?:update|add|sync)|you can add/i.test(
    text,
  );
  if (advice === undefined || !told) return null;
  const work = /workspace|go\.work/.test(text);
  const message = work
    ? "go.work does not fit its modules"
    : "the module files do not fit the imports";
  return fixedBy({ code: "MODULE_FILE_OUTDATED", message }, ...advice.split(/\s+/));
}

function privateModule(text: string): Cause | null {
  const line = lineOf(
    text,
    /terminal prompts disabled|could not read (?:Username|Password)|Authentication failed|Permission denied \(|Host key verification failed|Repository not found|: 40[137] /,
  );
  if (line === null) return null;
  const name = moduleIn(text);
  return {
    code: "MODULE_PRIVATE",
    message: `${name} is private, or needs credentials that git or the proxy did not get`,
    hint: privateHint(name),
  };
}

function unknownVersion(text: string): Cause | null {
  const line = lineOf(
    text,
    /unknown revision|invalid version|no matching versions|: (?:404|410) |reading file:\S*: (?:no such file|The system cannot find)|version "[^"]*" invalid/,
  );
  // A version that could not be looked up is none that does not exist.
  if (line === null || noNetwork.test(line)) return null;
  const name = moduleIn(text);
  return {
    code: "MODULE_VERSION_UNKNOWN",
    message: `${name} is not to be found: there is no such module or version, or it is private`,
    hint: `check its name and version; ${privateHint(name)}`,
  };
}

function unreachableModule(text: string): Cause | null {
  const line = lineOf(text, unreachable);
  if (line === null) return null;
  const off = /GOPROXY=off/.test(line);
  const name = moduleIn(text);
  return {
    code: "MODULE_UNREACHABLE",
    message: off
      ? `${name} is not in the module cache, and GOPROXY=off forbids to download it`
      : `${name} cannot be downloaded: ${reasonIn(line)}`,
    hint: off
      ? "unset GOPROXY, or put the module into the cache or into vendor"
      : "check the network and GOPROXY; the next save tries again",
  };
}

const noNetwork =
  /module lookup disabled|dial (?:tcp|unix)|proxyconnect|git ls-remote|i\/o timeout|no such host|connection (?:refused|reset)|TLS handshake|x509: |: 5\d\d |unexpected EOF|context deadline exceeded/;

const unreachable = new RegExp(
  `${noNetwork.source}|unrecognized import path|reading https?:\\/\\/`,
);

function invalidModuleFile(text: string, context: BuildContext): Cause | null {
  const missing = /cannot load module (\S+) listed in go\.work file/.exec(text)?.[1];
  if (missing !== undefined) {
    return {
      code: "MODULE_FILE_INVALID",
      message: `go.work uses ${missing}, which has no go.mod`,
      hint: "correct the `use` line in go.work",
    };
  }
  if (!/errors parsing \S*go\.(?:mod|work)|malformed go(?:\.work)?\.sum/.test(text)) return null;
  const found =
    /^(?:go: )?(\S*?(?:go\.mod|go\.work|go\.sum|go\.work\.sum)):(\d+)(?::(\d+))?: (.+)$/m.exec(
      text,
    );
  const [, file = "go.mod", line = "0", column = "0", said = ""] = found ?? [];
  const name = file.split(/[/\\]/).at(-1) ?? file;
  const place = found === null ? name : `${name}:${line}`;
  const own = /^(?:[/\\]|[A-Za-z]:)/.test(file) ? file : `${context.dir}/${file}`;
  const position = { file: own, line: Number(line), column: Number(column), message: said };
  return {
    code: "MODULE_FILE_INVALID",
    message: found === null ? `${name} cannot be read` : `${place}: ${said}`,
    hint: `correct ${place}`,
    ...(found === null ? {} : { diagnostics: [{ ...position, own: true }] }),
  };
}

function missingReplacement(text: string): Cause | null {
  const match = /replacement directory (\S+) does not exist/.exec(text);
  if (match === null) return null;
  return {
    code: "MODULE_NOT_FOUND",
    message: `go.mod replaces a module by ${match[1] ?? ""}, which does not exist`,
    hint: "correct the `replace` line in go.mod",
  };
}

/** The line of a go command that says this; what a program or a C compiler prints is none. */
function lineOf(text: string, pattern: RegExp): string | null {
  const said = text.replace(compiled, "");
  const line = said.split("\n").find((candidate) => pattern.test(candidate));
  if (line === undefined) return null;
  return /^go: |^\s|^\S+\.(?:go|mod|work):\d+|^[^\s:]+@[^\s:]+: |^(?:fatal|remote|verifying)\b/.test(
    line,
  )
    ? line.trim()
    : null;
}

/**
 * What compilers say of a package, below its name: an `unexpected EOF` or a number there is one of
 * the sources, not of the network.
 */
const compiled = /^# \S+(?: \[\S+\])?\n(?:(?!go: ).*(?:\n|$))*?(?=go: |(?![\s\S]))/gm;

/** The first module with a version that is named, else the first without, else no name. */
function moduleIn(text: string): string {
  const path = String.raw`[\w.~-]+\.[\w.~-]+(?:/[\w.~!-]+)*|[\w.~-]+(?:/[\w.~!-]+)+`;
  const withVersion = new RegExp(String.raw`(?:^|[\s"])((?:${path})@[^\s:"]+)`, "m").exec(
    text,
  )?.[1];
  if (withVersion !== undefined) return shown(withVersion);
  const [, plain] = new RegExp(String.raw`(?:module|require) (${path})[:\s]`).exec(text) ?? [];
  return plain ?? "a module";
}

/** `example.com/a@v1.0.0` as it stands in go.mod. */
const shown = (name: string): string => name.replace("@", " ");

/** What comes last in a line of nested reasons: `dial tcp 127.0.0.1:1: connect: connection refused`. */
function reasonIn(line: string): string {
  const tail =
    /(?:dial (?:tcp|unix)|proxyconnect|unrecognized import path|reading https?:\/\/|git ls-remote|x509: |unexpected EOF).*$/.exec(
      line,
    );
  return tail?.[0] ?? line.replace(/^go: /, "");
}

function privateHint(name: string): string {
  const [host = ""] = name.split("/");
  const pattern = /\w\.\w/.test(host) ? host : "your.host";
  return `for a private module set GOPRIVATE=${pattern} and let git know its credentials (docs/modules.md)`;
}

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function isBelow(path: string, modulePath: string | undefined): boolean {
  return modulePath !== undefined && (path === modulePath || path.startsWith(`${modulePath}/`));
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { canRun, describeFormat, readBinaryFormat } from "./binary-format.ts";
import type { BinaryFormat } from "./binary-format.ts";

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function text(content: string): Uint8Array {
  return Uint8Array.from(content, (char) => char.charCodeAt(0));
}

/** A PE header begins where the number at 0x3c says. */
function portableExecutable(header: string): Uint8Array {
  return bytes(`4d5a${"00".repeat(58)}80000000${"00".repeat(64)}${header}`);
}

function check(head: Uint8Array, expected: string): void {
  assert.equal(describeFormat(readBinaryFormat(head)), expected);
}

test("binaries that Go made for other platforms are recognised by their first bytes", () => {
  check(bytes("7f454c4602010100000000000000000002003e00"), "linux/amd64");
  check(bytes("7f454c460201010300000000000000000300b700"), "linux/arm64");
  check(bytes("7f454c4601010100000000000000000002000300"), "linux/386");
  check(bytes("7f454c4601010100000000000000000002002800"), "linux/arm");
  check(bytes("7f454c460201010000000000000000000200f300"), "linux/riscv64");
  check(bytes("7f454c4602010100000000000000000002001500"), "linux/ppc64le");
  check(bytes("7f454c4602020100000000000000000000020016"), "linux/s390x");
  check(bytes("7f454c4602010100000000000000000002000800"), "linux/mips64le");
  check(bytes("7f454c4601020100000000000000000000020008"), "linux/mips");
  check(bytes("7f454c4602010100000000000000000002000201"), "linux/loong64");
  check(bytes("7f454c4602010109000000000000000002003e00"), "freebsd/amd64");
  check(bytes("7f454c460201010c000000000000000002003e00"), "openbsd/amd64");
  check(bytes("7f454c460201010200000000000000000200b700"), "netbsd/arm64");
  check(bytes("cffaedfe0700000103000000020000000e000000"), "darwin/amd64");
  check(bytes("cffaedfe0c00000100000000020000000f000000"), "darwin/arm64");
  check(portableExecutable("504500006486"), "windows/amd64");
  check(portableExecutable("5045000064aa"), "windows/arm64");
  check(portableExecutable("504500004c01"), "windows/386");
});

test("a fat binary is for several platforms", () => {
  const rest = "00".repeat(16);
  const fat = bytes(`cafebabe0000000201000007${rest}0100000c${rest}`);
  check(fat, "darwin/amd64 and darwin/arm64");
});

test("what is no binary is named", () => {
  check(text("#!/bin/sh\nexec true\n"), "a script");
  check(text("!<arch>\n__.PKGDEF"), "the archive of a library package");
  check(text(""), "an empty file");
  check(text("hello"), "no executable format that is known");
  check(bytes("7f454c46"), "no executable format that is known");
  check(bytes("cafebabe0000003d"), "no executable format that is known");
  check(bytes("4d5a0000"), "no executable format that is known");
});

test("a part of a larger buffer is read from its own begin", () => {
  const part = bytes("ffff7f454c4602010100000000000000000002003e00").subarray(2);
  check(part, "linux/amd64");
});

function checkRun(found: string, machine: string, expected: boolean): void {
  const format: BinaryFormat =
    found === "script"
      ? { type: "script" }
      : { type: "binary", platforms: found.split(" ").map(platform) };
  assert.equal(canRun(format, platform(machine)), expected, `${found} on ${machine}`);
}

function platform(name: string): { os: string; arch: string } {
  const [os = "", arch = ""] = name.split("/");
  return { os, arch };
}

test("a machine runs its own format and what its system emulates", () => {
  checkRun("linux/amd64", "linux/amd64", true);
  checkRun("linux/386", "linux/amd64", true);
  checkRun("linux/arm64", "linux/amd64", false);
  checkRun("linux/amd64", "linux/arm64", false);
  checkRun("linux/arm", "linux/arm64", true);
  checkRun("darwin/amd64", "darwin/arm64", true);
  checkRun("darwin/arm64", "darwin/amd64", false);
  checkRun("darwin/amd64 darwin/arm64", "darwin/amd64", true);
  checkRun("windows/386", "windows/arm64", true);
  checkRun("windows/amd64", "linux/amd64", false);
  checkRun("linux/amd64", "freebsd/amd64", false);
  checkRun("linux/amd64", "android/amd64", true);
  checkRun("script", "linux/amd64", true);
  checkRun("script", "windows/amd64", false);
});

test("a file without a known format runs nowhere", () => {
  for (const type of ["unknown", "empty", "archive"] as const) {
    assert.equal(canRun({ type }, { os: "linux", arch: "amd64" }), false);
  }
});

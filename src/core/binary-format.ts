/** An operating system and an architecture, in Go's words: `linux`, `arm64`. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export type BinaryFormat =
  /** Several for a fat binary of macOS. */
  | { readonly type: "binary"; readonly platforms: readonly Platform[] }
  /** A text that begins with `#!`. */
  | { readonly type: "script" }
  /** An archive of a package that is not `main`, as `go build -o` writes it. */
  | { readonly type: "archive" }
  | { readonly type: "unknown" }
  | { readonly type: "empty" };

/** Tells from the first bytes of a file (4 kB are enough) what could run it. */
export function readBinaryFormat(head: Uint8Array): BinaryFormat {
  if (head.length === 0) return { type: "empty" };
  const text = String.fromCharCode(...head.subarray(0, 8));
  if (text.startsWith("#!")) return { type: "script" };
  if (text.startsWith("!<arch>")) return { type: "archive" };
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const platforms = elf(view) ?? machO(view) ?? portableExecutable(view);
  return platforms === null ? { type: "unknown" } : { type: "binary", platforms };
}

/** Whether a machine can start such a file, natively or by the emulation its system brings. */
export function canRun(format: BinaryFormat, machine: Platform): boolean {
  if (format.type === "script") return machine.os !== "windows";
  if (format.type !== "binary") return false;
  return format.platforms.some(
    (platform) => sameSystem(platform.os, machine.os) && runsOn(platform.arch, machine),
  );
}

/** Names what a file is, for a message: `linux/arm64`, `a text file`. */
export function describeFormat(format: BinaryFormat): string {
  switch (format.type) {
    case "binary":
      return format.platforms.map(({ os, arch }) => `${os}/${arch}`).join(" and ");
    case "script":
      return "a script";
    case "archive":
      return "the archive of a library package";
    case "empty":
      return "an empty file";
    case "unknown":
      return "no executable format that is known";
  }
}

function elf(view: DataView): readonly Platform[] | null {
  if (view.byteLength < 20 || view.getUint32(0) !== 0x7f454c46) return null;
  const wide = view.getUint8(4) === 2;
  const little = view.getUint8(5) === 1;
  const os = elfSystems.get(view.getUint8(7)) ?? "linux";
  const machine = view.getUint16(18, little);
  if (machine === 8) {
    return [{ os, arch: `mips${wide ? "64" : ""}${little ? "le" : ""}` }];
  }
  if (machine === 21) return [{ os, arch: little ? "ppc64le" : "ppc64" }];
  return [{ os, arch: elfMachines.get(machine) ?? `machine ${machine}` }];
}

function machO(view: DataView): readonly Platform[] | null {
  if (view.byteLength < 8) return null;
  const magic = view.getUint32(0);
  if (magic === 0xcffaedfe || magic === 0xcefaedfe) {
    return [{ os: "darwin", arch: machArch(view.getUint32(4, true)) }];
  }
  // A Java class has the same first bytes; its next number is a version above 40.
  const count = view.getUint32(4);
  if ((magic !== 0xcafebabe && magic !== 0xcafebabf) || count > 20) return null;
  const size = magic === 0xcafebabe ? 20 : 32;
  const platforms: Platform[] = [];
  for (let at = 8; platforms.length < count && at + 4 <= view.byteLength; at += size) {
    platforms.push({ os: "darwin", arch: machArch(view.getUint32(at)) });
  }
  return platforms;
}

function portableExecutable(view: DataView): readonly Platform[] | null {
  if (view.byteLength < 64 || view.getUint16(0) !== 0x4d5a) return null;
  const at = view.getUint32(0x3c, true);
  if (at + 6 > view.byteLength || view.getUint32(at) !== 0x50450000) return null;
  const machine = view.getUint16(at + 4, true);
  return [{ os: "windows", arch: peMachines.get(machine) ?? `machine ${machine}` }];
}

function machArch(cpu: number): string {
  return machCpus.get(cpu) ?? `cpu ${cpu}`;
}

/** An ELF file for Linux names no system; Solaris, DragonFly and Android leave it open too. */
function sameSystem(found: string, machine: string): boolean {
  if (found !== "linux") return found === machine;
  return !["darwin", "windows", "freebsd", "netbsd", "openbsd"].includes(machine);
}

function runsOn(arch: string, machine: Platform): boolean {
  if (arch === machine.arch) return true;
  if (machine.arch === "amd64") return arch === "386";
  if (machine.arch !== "arm64") return false;
  // Rosetta, the emulation of Windows on ARM, and 32-bit mode.
  return arch === "amd64" ? machine.os !== "linux" : arch === "arm" || arch === "386";
}

const elfSystems: ReadonlyMap<number, string> = new Map([
  [2, "netbsd"],
  [6, "solaris"],
  [9, "freebsd"],
  [12, "openbsd"],
]);

const elfMachines: ReadonlyMap<number, string> = new Map([
  [3, "386"],
  [22, "s390x"],
  [40, "arm"],
  [62, "amd64"],
  [183, "arm64"],
  [243, "riscv64"],
  [258, "loong64"],
]);

const machCpus: ReadonlyMap<number, string> = new Map([
  [7, "386"],
  [0x01000007, "amd64"],
  [0x0100000c, "arm64"],
]);

const peMachines: ReadonlyMap<number, string> = new Map([
  [0x014c, "386"],
  [0x01c4, "arm"],
  [0x8664, "amd64"],
  [0xaa64, "arm64"],
]);

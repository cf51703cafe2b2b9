/** What is known of the file system that a directory lies on. */
export interface FsKind {
  /** `ext4`, `9p`, `nfs`; the number in hex when no name is known. */
  readonly name: string;
  /** True when every change, whoever makes it, leads to an event here. */
  readonly events: boolean;
}

/** A line of /proc/self/mountinfo. */
export interface Mount {
  readonly point: string;
  readonly type: string;
  readonly source: string;
}

/**
 * Tells whether file events can be relied upon. `type` is the number that `statfs` gives, or null
 * where it is not known; `mount` is the mount point's entry, or null where there is none.
 */
export function fsKind(type: number | null, mount: Mount | null): FsKind {
  if (mount !== null) {
    const name = mount.type;
    if (name.startsWith("fuse")) return { name, events: LOCAL_FUSE.has(name) };
    return { name, events: !REMOTE.has(name) };
  }
  if (type === null) return { name: "unknown", events: true };
  const remote = REMOTE_NUMBERS.get(type >>> 0);
  if (remote !== undefined) return { name: remote, events: false };
  return { name: `0x${(type >>> 0).toString(16)}`, events: true };
}

/** Reads /proc/self/mountinfo. */
export function parseMounts(mountinfo: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split("\n")) {
    const [left, right] = line.split(" - ");
    const point = left?.split(" ")[4];
    const [type, source] = right?.split(" ") ?? [];
    if (point === undefined || type === undefined) continue;
    mounts.push({ point: unescape(point), type, source: unescape(source ?? "") });
  }
  return mounts;
}

/** The mount that a path (absolute, with `/`) lies on; of several on one point the last counts. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let best: Mount | null = null;
  for (const mount of mounts) {
    if (!contains(mount.point, path)) continue;
    if (best === null || mount.point.length >= best.point.length) best = mount;
  }
  return best;
}

/** Changes made on another machine, or by the host of a virtual machine, lead to no event. */
const REMOTE: ReadonlySet<string> = new Set([
  "9p",
  "virtiofs",
  "fakeowner",
  "osxfs",
  "drvfs",
  "nfs",
  "nfs4",
  "cifs",
  "smb3",
  "smbfs",
  "vboxsf",
  "prl_fs",
  "vmhgfs",
  "afs",
  "ceph",
  "lustre",
  "ncpfs",
  "davfs",
]);

/** FUSE file systems whose files lie on this machine and change through the mount only. */
const LOCAL_FUSE: ReadonlySet<string> = new Set([
  "fuseblk",
  "fuse.fuse-overlayfs",
  "fuse.gocryptfs",
  "fuse.encfs",
  "fuse.cryfs",
  "fuse.ntfs-3g",
  "fuse.lxcfs",
]);

const REMOTE_NUMBERS: ReadonlyMap<number, string> = new Map([
  [0x0102_1997, "9p"],
  [0x6573_5546, "fuse"],
  [0x6969, "nfs"],
  [0xff53_4d42, "cifs"],
  [0xfe53_4d42, "smb2"],
  [0x517b, "smb"],
  [0x786f_4256, "vboxsf"],
  [0x00c3_6400, "ceph"],
  [0x5346_414f, "afs"],
  [0x0bd0_0bd0, "lustre"],
]);

function contains(point: string, path: string): boolean {
  return point === "/" || path === point || path.startsWith(`${point}/`);
}

/** Blanks and the like are written as octal numbers: `\040`. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

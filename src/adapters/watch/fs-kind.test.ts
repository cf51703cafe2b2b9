import assert from "node:assert/strict";
import { test } from "node:test";
import { fsKind, mountOf, parseMounts } from "./fs-kind.ts";

const mountinfo = `22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 253:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
31 27 0:40 / /mnt/c rw,noatime - 9p C:\\134 rw,aname=drvfs;path=C:\\
32 27 0:41 /home /work\\040space rw - virtiofs share rw
33 32 0:42 / /work\\040space/tmp rw - tmpfs tmpfs rw
34 27 0:43 / /net rw shared:9 master:2 - nfs4 server:/export rw
35 27 0:44 / /net rw - ext4 /dev/vdb rw
36 27 0:45 / /ssh rw - fuse.sshfs user@host: rw
37 27 0:46 / /secret rw - fuse.gocryptfs /x rw
`;

const paths: readonly (readonly [string, string, boolean])[] = [
  ["/home/user/app", "ext4", true],
  ["/mnt/c", "9p", false],
  ["/mnt/c/Users/app", "9p", false],
  ["/mnt/cc", "ext4", true],
  ["/work space/app", "virtiofs", false],
  ["/work space/tmp/x", "tmpfs", true],
  ["/net/app", "ext4", true],
  ["/ssh/app", "fuse.sshfs", false],
  ["/secret/app", "fuse.gocryptfs", true],
];

for (const [path, name, events] of paths) {
  test(`${path} lies on ${name}, where events ${events ? "arrive" : "do not arrive"}`, () => {
    assert.deepEqual(fsKind(null, mountOf(path, parseMounts(mountinfo))), { name, events });
  });
}

const numbers: readonly (readonly [number | null, string, boolean])[] = [
  [0xef53, "0xef53", true],
  [0x01021997, "9p", false],
  [0x6969, "nfs", false],
  // The number comes signed from some systems.
  [-0x00acb2be, "cifs", false],
  [0x65735546, "fuse", false],
  [0x786f4256, "vboxsf", false],
  [null, "unknown", true],
];

for (const [number, name, events] of numbers) {
  test(`without a mount table, ${number} is ${name}`, () => {
    assert.deepEqual(fsKind(number, null), { name, events });
  });
}

test("a mount table that cannot be read has no mounts", () => {
  assert.deepEqual(parseMounts(""), []);
  assert.deepEqual(parseMounts("nonsense\n1 2 3 - \n"), []);
  assert.equal(mountOf("/a", []), null);
});

import assert from "node:assert/strict";
import { unmountArgv } from "../../host/mounts/mount_namespace.ts";
import { syncArgv } from "../../steps/copy.ts";
import { dumpe2fsArgv, parseNumbers } from "../../steps/e2fsprogs/dumpe2fs.ts";
import { e2fsckArgv } from "../../steps/e2fsprogs/e2fsck.ts";
import type { Geometry } from "../../steps/e2fsprogs/file_system_size.ts";
import { mkfsArgv } from "../../steps/format.ts";
import { growArgv, missingBlocks } from "../../steps/grow.ts";
import { mountArgv, mountFolder } from "../../steps/mount.ts";
import { readonlyArgv } from "../../steps/readonly.ts";
import { shrinkArgv, squeezeArgv, undoArgv } from "../../steps/shrink.ts";

/** What is run, word for word; a blank in a path shows that nothing goes through a shell. */
const commands: readonly (readonly [readonly string[], string])[] = [
  [dumpe2fsArgv("/a b"), "dumpe2fs|-h|/a b"],
  [e2fsckArgv("/a b", "check"), "e2fsck|-fn|/a b"],
  [e2fsckArgv("/a b", "repair"), "e2fsck|-fy|/a b"],
  [growArgv("/a b", 77), "resize2fs|/a b|77"],
  [
    mountArgv("/a b", "/m"),
    "mount|-t|ext4|-o|loop,noatime,nosuid,nodev,noexec,noinit_itable|/a b|/m",
  ],
  [syncArgv("/m"), "sync|-f|/m"],
  [unmountArgv("/w/mnt"), "umount|/w/mnt"],
  [unmountArgv("/proc/7/root/w o/mnt"), "nsenter|--mount=/proc/7/ns/mnt|umount|/w o/mnt"],
  [unmountArgv("/proc/7/root/new\nline"), "nsenter|--mount=/proc/7/ns/mnt|umount|/new\nline"],
  [shrinkArgv("/a b", "/u"), "resize2fs|-z|/u|-M|/a b"],
  [squeezeArgv("/a b", 9, "/u"), "resize2fs|-f|-z|/u|/a b|9"],
  [undoArgv("/a b", "/u"), "e2undo|/u|/a b"],
  [readonlyArgv("/a b"), "tune2fs|-O|read-only|/a b"],
  [
    mkfsArgv("/a b", { blockSizeBytes: 1024, countBlocks: 126, countInodes: 16 } as Geometry, {
      label: "-l 1",
      uuid: "u",
      features: ["ea_inode"],
    }),
    "mkfs.ext4|-F|-q|-b|1024|-I|256|-N|16|-m|0|-O|^has_journal,^resize_inode,ea_inode|" +
    "-E|nodiscard,lazy_itable_init=1,root_owner=0:0|-L|-l 1|-U|u|/a b|126",
  ],
  [
    mkfsArgv("/a", { blockSizeBytes: 4096, countBlocks: 9, countInodes: 32 } as Geometry, {
      label: undefined,
      uuid: undefined,
      features: [],
    }),
    "mkfs.ext4|-F|-q|-b|4096|-I|256|-N|32|-m|0|-O|^has_journal,^resize_inode|" +
    "-E|nodiscard,lazy_itable_init=1,root_owner=0:0|/a|9",
  ],
];

for (const [argv, expected] of commands) {
  Deno.test(`the command is ${expected.replaceAll("|", " ")}`, () => {
    assert.equal(argv.join("|"), expected);
  });
}

Deno.test("an image is mounted below the build's private folder", () => {
  assert.equal(mountFolder("/tmp/icecore-x"), "/tmp/icecore-x/mnt");
});

const DUMP = `Filesystem volume name:   Block size:
Inode count:              16
Block count:              126
Free blocks:              100
Free inodes:              5
Block size:               1024
Blocks per group:         8192
Inodes per group:         16
`;

Deno.test("dumpe2fs's numbers are read by their labels", () => {
  assert.deepEqual(parseNumbers(DUMP), {
    blockSizeBytes: 1024,
    countBlocks: 126,
    countFreeBlocks: 100,
    countInodes: 16,
    countFreeInodes: 5,
    blocksPerGroup: 8192,
    inodesPerGroup: 16,
  });
  assert.throws(() => parseNumbers(DUMP.replace("Free inodes", "Free somethings")), {
    message: /it names no "Free inodes"/,
  });
});

Deno.test("grow adds nothing where all fits, and whole groups where inodes are missing", () => {
  const numbers = parseNumbers(DUMP);
  const needs = (countDataBlocks: number, countInodes: number) => ({
    blockSizeBytes: 1024 as const,
    countDataBlocks,
    countInodes,
  });
  assert.equal(missingBlocks(numbers, needs(20, 16)), 0);
  assert.ok(missingBlocks(numbers, needs(1000, 16)) >= 1000 - 100);
  assert.equal(missingBlocks(numbers, needs(20, 17)), 8192);
  assert.equal(missingBlocks(numbers, needs(20, 33)), 2 * 8192);
});

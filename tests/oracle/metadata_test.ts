import { planOf, withImage } from "../support/images/write_image.ts";
import { assertMountedEquals } from "../support/mounts/mounted_tree.ts";
import { JUDGE, judge } from "../support/programs/judge.ts";
import { withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import { buildTree, device, fifo, file, folder, symlink } from "../support/trees/tree_builder.ts";

testWith(JUDGE, "permissions are kept: setuid, setgid, sticky, 0000 and 7777", () =>
  judge(folder({
    setuid: file("", { mode: 0o4755 }),
    setgid: file("", { mode: 0o2755 }),
    sticky: folder({}, { mode: 0o1777 }),
    none: file("x", { mode: 0 }),
    all: file("", { mode: 0o7777 }),
  }, { mode: 0o711 })));

testWith(JUDGE, "owners of 32 bits are kept", () =>
  judge(folder({
    top: file("", { uid: 4_294_967_294, gid: 4_294_967_294 }),
    bit16: file("", { uid: 65_536, gid: 131_071 }),
    nobody: symlink("x", { uid: 65_534, gid: 65_535 }),
  }, { uid: 1_000_000, gid: 2_000_000 })));

testWith(JUDGE, "times from 1901 to 2446 are kept to the nanosecond", () =>
  judge(folder({
    earliest: file("", { mtime: [-0x8000_0000, 0] }),
    before1970: file("", { mtime: [-1, 0] }),
    epoch: file("", { mtime: [0, 0] }),
    nanosecond: file("", { mtime: [1, 1] }),
    lastOf2038: file("", { mtime: [0x7fff_ffff, 999_999_999] }),
    firstPast2038: file("", { mtime: [0x8000_0000, 5] }),
    second: file("", { mtime: [0xffff_ffff, 5] }),
    third: file("", { mtime: [0x1_0000_0000, 5] }),
    latest: file("", { mtime: [0x3_7fff_ffff, 999_999_999] }),
  }, { mtime: [0x2_1234_5678, 7] })));

testWith(
  JUDGE,
  "devices of the old and the new form are kept, and a FIFO, empty files and folders",
  () =>
    judge(folder({
      "null": device("character", 1, 3, { mode: 0o666 }),
      loop: device("block", 7, 0),
      old: device("block", 255, 255),
      newMinor: device("block", 8, 256),
      newMajor: device("character", 256, 0),
      largest: device("block", 4095, 1_048_575),
      fifo: fifo(),
      empty: file(),
      folder: folder(),
    })),
);

testWith(JUDGE, "times from 2310 to 2378, which e2fsck doubts, are right in the kernel", () => {
  const built = buildTree(folder({
    first: file("", { mtime: [0x2_8000_0000, 1] }),
    last: file("", { mtime: [0x2_ffff_ffff, 2] }),
  }));
  return withImage(
    built,
    planOf(built),
    (image, work) => withMount(image, work, (mountpoint) => assertMountedEquals(mountpoint, built)),
  );
});

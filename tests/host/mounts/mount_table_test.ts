import assert from "node:assert/strict";
import { mountAt, readMounts } from "../../../host/mounts/mount_table.ts";

const TABLE = [
  "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw",
  "40 22 7:0 / /mnt/a\\040b\\011c\\134d ro,nosuid shared:1 master:2 - ext4 /dev/loop0 ro",
  "41 22 0:50 / /mnt/фото rw - fuse.fuse2fs /srv/x\\040y.img rw,user_id=0",
  "42 41 7:1 / /mnt/фото ro - ext4 /dev/loop1 ro",
  "broken line",
  "",
].join("\n");

Deno.test("mounts are read with the names that they have", () => {
  assert.deepEqual(readMounts(TABLE).map(({ mountpoint, source }) => [mountpoint, source]), [
    ["/", "/dev/sda1"],
    ["/mnt/a b\tc\\d", "/dev/loop0"],
    ["/mnt/фото", "/srv/x y.img"],
    ["/mnt/фото", "/dev/loop1"],
  ]);
});

Deno.test("the topmost mount of a folder is the one that counts", () => {
  assert.deepEqual(mountAt("/mnt/фото", TABLE), {
    mountpoint: "/mnt/фото",
    root: "/",
    device: "7:1",
    fileSystem: "ext4",
    source: "/dev/loop1",
    options: ["ro"],
  });
  assert.equal(mountAt("/mnt", TABLE), undefined);
});

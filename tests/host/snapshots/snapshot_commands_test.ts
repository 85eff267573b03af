import assert from "node:assert/strict";
import {
  isSnapshotRecord,
  removeArgv,
  showArgv,
  type SnapshotRecord,
  takeArgv,
} from "../../../host/snapshots/snapshot_commands.ts";
import {
  lvsArgv,
  mountOf,
  snapshotPlace,
  volumeName,
} from "../../../host/snapshots/snapshot_place.ts";

/** All argv of a snapshot, as one would type them. */
function lines(record: SnapshotRecord, fileSystem: string): string[] {
  return [takeArgv(record), showArgv(record, "/w/srv", fileSystem), removeArgv(record)]
    .map((argv) => argv.join(" "));
}

Deno.test("btrfs: a read-only snapshot in the subvolume, bound to a folder, deleted", () => {
  const record = { kind: "btrfs", subvolume: "/srv", snapshot: "/srv/.icecore-a1" } as const;
  assert.deepEqual(lines(record, "btrfs"), [
    "btrfs subvolume snapshot -r /srv /srv/.icecore-a1",
    "mount --bind -o ro /srv/.icecore-a1 /w/srv",
    "btrfs subvolume delete /srv/.icecore-a1",
  ]);
});

Deno.test("ZFS: a snapshot of the dataset, mounted, destroyed", () => {
  const record = { kind: "zfs", dataset: "tank/srv", snapshot: "tank/srv@icecore-a1" } as const;
  assert.deepEqual(lines(record, "zfs"), [
    "zfs snapshot tank/srv@icecore-a1",
    "mount -t zfs tank/srv@icecore-a1 /w/srv",
    "zfs destroy tank/srv@icecore-a1",
  ]);
});

Deno.test("LVM: a read-only snapshot with room for changes, mounted by its own type, removed", () => {
  const record = { kind: "lvm", volume: "vg/srv", snapshot: "vg/icecore-a1" } as const;
  const [take, show, remove] = lines(record, "ext4");
  assert.equal(
    take,
    "lvcreate --snapshot --extents 20%ORIGIN --permission r --name icecore-a1 vg/srv",
  );
  assert.equal(show, "mount -t ext4 -o ro /dev/vg/icecore-a1 /w/srv");
  assert.equal(remove, "lvremove --force vg/icecore-a1");
  // It refuses a second file system of the same UUID.
  assert.equal(lines(record, "xfs")[1], "mount -t xfs -o ro,nouuid /dev/vg/icecore-a1 /w/srv");
});

Deno.test("the volume of a device is what lvs says", () => {
  assert.equal(
    lvsArgv("/dev/mapper/vg-srv").join(" "),
    "lvs --noheadings --separator / --options vg_name,lv_name /dev/mapper/vg-srv",
  );
  assert.equal(volumeName("  vg/srv\n"), "vg/srv");
  assert.equal(volumeName("  one/a\n  two/b\n"), undefined);
});

Deno.test("only what is called as ours are is believed to be a record", () => {
  const record = { kind: "zfs", dataset: "tank", snapshot: "tank@icecore-a1" };
  assert.ok(isSnapshotRecord(record));
  for (
    const other of [
      null,
      "tank@icecore-a1",
      { ...record, kind: "rm" },
      { ...record, snapshot: "tank" },
      { ...record, snapshot: "tank@weekly" },
      { ...record, snapshot: "/srv/.icecore-a1/.." },
    ]
  ) assert.ok(!isSnapshotRecord(other));
});

Deno.test("a folder lies on the last mount made over it", () => {
  const mount = (mountpoint: string, fileSystem: string) => ({
    mountpoint,
    root: "/",
    device: "0:1",
    fileSystem,
    source: "x",
    options: [],
  });
  const mounts = [
    mount("/", "ext4"),
    mount("/srv", "btrfs"),
    mount("/srv", "xfs"),
    mount("/s", "a"),
  ];
  assert.equal(mountOf("/srv/photos", mounts).fileSystem, "xfs");
  assert.equal(mountOf("/srvx", mounts).fileSystem, "ext4");
});

Deno.test("a folder on anything else is refused with its file system", () => {
  assert.throws(
    () => snapshotPlace("/proc", "auto", "a1", true),
    /cannot take a snapshot of \/proc: it lies on proc, on proc\. Leave the snapshot out/,
  );
});

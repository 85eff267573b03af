/**
 * The argv of what takes snapshots, shows them in a folder, and removes them.
 * @module
 */

/** A snapshot that was taken, or is about to be. */
export type SnapshotRecord =
  | { readonly kind: "btrfs"; readonly subvolume: string; readonly snapshot: string }
  | { readonly kind: "zfs"; readonly dataset: string; readonly snapshot: string }
  | { readonly kind: "lvm"; readonly volume: string; readonly snapshot: string };

/** What a snapshot is called begins with this. */
export const SNAPSHOT_PREFIX = "icecore-";

/** Part of a volume that a snapshot of LVM may take for what changes meanwhile. */
const LVM_ROOM = "20%ORIGIN";

/** Takes it. */
export function takeArgv(record: SnapshotRecord): readonly string[] {
  switch (record.kind) {
    case "btrfs":
      return ["btrfs", "subvolume", "snapshot", "-r", record.subvolume, record.snapshot];
    case "zfs":
      return ["zfs", "snapshot", record.snapshot];
    case "lvm": {
      const name = record.snapshot.slice(record.snapshot.lastIndexOf("/") + 1);
      const room = ["--extents", LVM_ROOM, "--permission", "r"];
      return ["lvcreate", "--snapshot", ...room, "--name", name, record.volume];
    }
  }
}

/** Shows it in a folder that is empty. @param fileSystem That of the source. */
export function showArgv(
  record: SnapshotRecord,
  folder: string,
  fileSystem: string,
): readonly string[] {
  switch (record.kind) {
    case "btrfs":
      return ["mount", "--bind", "-o", "ro", record.snapshot, folder];
    case "zfs":
      return ["mount", "-t", "zfs", record.snapshot, folder];
    case "lvm": {
      // Two file systems of one UUID are what XFS refuses to mount.
      const options = fileSystem === "xfs" ? "ro,nouuid" : "ro";
      return ["mount", "-t", fileSystem, "-o", options, `/dev/${record.snapshot}`, folder];
    }
  }
}

/** Removes it. */
export function removeArgv(record: SnapshotRecord): readonly string[] {
  switch (record.kind) {
    case "btrfs":
      return ["btrfs", "subvolume", "delete", record.snapshot];
    case "zfs":
      return ["zfs", "destroy", record.snapshot];
    case "lvm":
      return ["lvremove", "--force", record.snapshot];
  }
}

/** Whether what was written down is such a record, of a snapshot of ours. */
export function isSnapshotRecord(value: unknown): value is SnapshotRecord {
  if (typeof value !== "object" || value === null) return false;
  const { kind, snapshot } = value as Record<string, unknown>;
  return ["btrfs", "zfs", "lvm"].includes(String(kind)) && typeof snapshot === "string" &&
    /[/@.]icecore-[A-Za-z0-9]+$/.test(snapshot);
}

#!/usr/bin/env bash
# The recipe that icecore automates, by hand, with exactly its commands:
#   by_hand.sh SOURCE IMAGE MOUNTPOINT
# Two things differ, since nobody sits before it: e2fsck gets -y, and where 50 GB cannot be
# allocated (a RAM disk), a sparse file of 50 GB is made, which is said.
set -euo pipefail
source=$1 image=$2 mountpoint=$3

cleanup() {
  if mountpoint -q "$mountpoint"; then umount "$mountpoint"; fi
}
trap cleanup EXIT

if ! fallocate -l 50G "$image" 2>/dev/null; then
  rm -f "$image"
  truncate -s 50G "$image"
  echo "note: by hand: 50 GB cannot be allocated here, so a sparse file was made in its place"
fi
mkfs.ext4 -q "$image"
mount "$image" "$mountpoint"
df -h "$mountpoint" >/dev/null
cp -r "$source" "$mountpoint"
umount "$mountpoint"
e2fsck -fy "$image" >/dev/null 2>&1
resize2fs -M "$image" >/dev/null 2>&1
tune2fs -O read-only "$image" >/dev/null
cd "$(dirname "$image")"
sha512sum "$(basename "$image")" >"$(basename "$image").sha512"

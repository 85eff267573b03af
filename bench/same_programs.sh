#!/usr/bin/env bash
# The programs that recipe e2fsprogs runs, called from a shell script with the sizes and options
# that icecore chose:
#   same_programs.sh SOURCE IMAGE MOUNTPOINT SIZE BEFORE AFTER
# BEFORE and AFTER are files of commands, one a line, as icecore reported them: those before the
# mount, and those after it. The word IMAGE in them stands for the image.
set -euo pipefail
source=$1 image=$2 mountpoint=$3 size=$4 before=$5 after=$6

cleanup() {
  if mountpoint -q "$mountpoint"; then umount "$mountpoint"; fi
}
trap cleanup EXIT

replay() {
  local argv status
  while read -ra argv; do
    status=0
    "${argv[@]/#IMAGE/$image}" >/dev/null 2>&1 || status=$?
    # With 1 e2fsck says that it has corrected something, and resize2fs that it goes no lower.
    ((status <= 1)) || { echo "${argv[*]} failed with exit code $status" >&2; exit 1; }
  done <"$1"
}

fallocate -l "$size" "$image"
replay "$before"
mount -o loop "$image" "$mountpoint"
cp -a "$source" "$mountpoint"
umount "$mountpoint"
replay "$after"
cd "$(dirname "$image")"
sha512sum "$(basename "$image")" >"$(basename "$image").sha512"

/**
 * Device numbers in `i_block`: the old 16-bit form where it suffices, else the new one.
 *
 * Source: kernel include/linux/kdev_t.h, fs/ext4/inode.c `ext4_do_update_inode`.
 * @module
 */

import type { DeviceNumber } from "./tree.ts";

/** `i_block[0]` and `i_block[1]` of a device node. */
export function encodeDevice(device: DeviceNumber): readonly [number, number] {
  const { major, minor } = device;
  if (major < 256 && minor < 256) return [(major << 8) | minor, 0];
  return [0, ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0];
}

/** The device number from `i_block[0]` and `i_block[1]`. */
export function decodeDevice(oldForm: number, newForm: number): DeviceNumber {
  if (oldForm !== 0) return { major: (oldForm >>> 8) & 0xff, minor: oldForm & 0xff };
  return {
    major: (newForm >>> 8) & 0xfff,
    minor: (newForm & 0xff) | ((newForm >>> 12) & 0xfff00),
  };
}

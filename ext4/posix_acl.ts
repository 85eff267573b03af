/**
 * POSIX ACLs between the encoding of the system call and ext4's own, shorter one.
 *
 * System call: version 2, then 8 bytes an entry. ext4: version 1, and entries without a user or
 * group are 4 bytes long.
 * Source: kernel include/uapi/linux/posix_acl_xattr.h, fs/ext4/acl.h.
 * @module
 */

const SYSCALL_VERSION = 2;
const EXT4_VERSION = 1;
const HEADER_BYTES = 4;
const SHORT_BYTES = 4;
const LONG_BYTES = 8;
/** `e_id` of an entry that names nobody. */
const NO_ID = 0xffff_ffff;

/** `e_tag`: who an entry is about. */
const TAGS = { userObj: 0x1, user: 0x2, groupObj: 0x4, group: 0x8, mask: 0x10, other: 0x20 };
const NAMES_SOMEBODY = new Set([TAGS.user, TAGS.group]);
const KNOWN = new Set(Object.values(TAGS));

/**
 * From the value that `getxattr` gives to the value that ext4 stores.
 * @returns `undefined` when it is not a well-formed ACL
 */
export function aclToDisk(value: Uint8Array): Uint8Array | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (value.length < HEADER_BYTES || view.getUint32(0, true) !== SYSCALL_VERSION) return undefined;
  if ((value.length - HEADER_BYTES) % LONG_BYTES !== 0) return undefined;

  const disk = new Uint8Array(value.length);
  const out = new DataView(disk.buffer);
  out.setUint32(0, EXT4_VERSION, true);
  let end = HEADER_BYTES;
  for (let at = HEADER_BYTES; at < value.length; at += LONG_BYTES) {
    const tag = view.getUint16(at, true);
    if (!KNOWN.has(tag)) return undefined;
    out.setUint16(end, tag, true);
    out.setUint16(end + 2, view.getUint16(at + 2, true), true);
    if (NAMES_SOMEBODY.has(tag)) out.setUint32(end + 4, view.getUint32(at + 4, true), true);
    end += NAMES_SOMEBODY.has(tag) ? LONG_BYTES : SHORT_BYTES;
  }
  return disk.subarray(0, end);
}

/**
 * From the value that ext4 stores to the value that `getxattr` gives.
 * @returns `undefined` when it is not a well-formed ACL
 */
export function aclFromDisk(disk: Uint8Array): Uint8Array | undefined {
  const view = new DataView(disk.buffer, disk.byteOffset, disk.length);
  if (disk.length < HEADER_BYTES || view.getUint32(0, true) !== EXT4_VERSION) return undefined;

  const value = new Uint8Array(HEADER_BYTES + (disk.length / SHORT_BYTES) * LONG_BYTES);
  const out = new DataView(value.buffer);
  out.setUint32(0, SYSCALL_VERSION, true);
  let end = HEADER_BYTES;
  for (let at = HEADER_BYTES; at < disk.length; end += LONG_BYTES) {
    if (at + SHORT_BYTES > disk.length) return undefined;
    const tag = view.getUint16(at, true);
    const long = NAMES_SOMEBODY.has(tag);
    if (!KNOWN.has(tag) || (long && at + LONG_BYTES > disk.length)) return undefined;
    out.setUint16(end, tag, true);
    out.setUint16(end + 2, view.getUint16(at + 2, true), true);
    out.setUint32(end + 4, long ? view.getUint32(at + 4, true) : NO_ID, true);
    at += long ? LONG_BYTES : SHORT_BYTES;
  }
  return value.subarray(0, end);
}

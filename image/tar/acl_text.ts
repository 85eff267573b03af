/**
 * POSIX ACLs as text: `user::rw-,user:1000:r--,group::r--,mask::r--,other::---`.
 * Source: acl(5), "ACL TEXT FORMS"; kernel include/uapi/linux/posix_acl_xattr.h.
 * @module
 */

const VERSION = 2;
const HEADER_BYTES = 4;
const ENTRY_BYTES = 8;

/** `e_tag`, with whether the entry names somebody. */
const TAGS: Readonly<Record<number, readonly [word: string, namesSomebody: boolean]>> = {
  0x1: ["user", false],
  0x2: ["user", true],
  0x4: ["group", false],
  0x8: ["group", true],
  0x10: ["mask", false],
  0x20: ["other", false],
};

/**
 * The text of an ACL as the system call gives it; users and groups as numbers.
 * @returns `undefined` when it is not a well-formed ACL
 */
export function aclText(value: Uint8Array): string | undefined {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (value.length < HEADER_BYTES || view.getUint32(0, true) !== VERSION) return undefined;
  const entries: string[] = [];
  for (let at = HEADER_BYTES; at + ENTRY_BYTES <= value.length; at += ENTRY_BYTES) {
    const tag = TAGS[view.getUint16(at, true)];
    if (tag === undefined) return undefined;
    const bits = view.getUint16(at + 2, true);
    const who = tag[1] ? String(view.getUint32(at + 4, true)) : "";
    const letters = [...("rwx")].map((letter, i) => (bits & (4 >> i)) === 0 ? "-" : letter);
    entries.push(`${tag[0]}:${who}:${letters.join("")}`);
  }
  return entries.join(",");
}

/**
 * The prefixes of attribute names, which the format stores as one number.
 *
 * Source: kernel Documentation/filesystems/ext4/attributes.rst "Attribute Name Indices".
 * @module
 */

/** `e_name_index` of the two names that stand for POSIX ACLs, and have an empty suffix. */
export const INDEX_ACL_ACCESS = 2;
export const INDEX_ACL_DEFAULT = 3;

/** Whole names first, so that they win over the prefix `system.`. */
const PREFIXES: readonly { readonly text: string; readonly index: number; whole?: true }[] = [
  { text: "system.posix_acl_access", index: INDEX_ACL_ACCESS, whole: true },
  { text: "system.posix_acl_default", index: INDEX_ACL_DEFAULT, whole: true },
  { text: "system.richacl", index: 8, whole: true },
  { text: "user.", index: 1 },
  { text: "trusted.", index: 4 },
  { text: "security.", index: 6 },
  { text: "system.", index: 7 },
];

const ENCODED = PREFIXES.map((prefix) => ({
  ...prefix,
  bytes: Uint8Array.from(prefix.text, (letter) => letter.charCodeAt(0)),
}));

/** A name as the format splits it. */
export interface SplitName {
  /** `e_name_index`. */
  readonly index: number;
  /** What follows the prefix; at most 255 bytes on disk. */
  readonly suffix: Uint8Array;
}

/**
 * Splits a whole name, e.g. `user.comment` to 1 and `comment`.
 * @returns `undefined` when no prefix fits: ext4 cannot store such a name
 */
export function splitXattrName(name: Uint8Array): SplitName | undefined {
  for (const { bytes, index, whole } of ENCODED) {
    const fits = whole === true ? name.length === bytes.length : name.length > bytes.length;
    if (fits && bytes.every((byte, i) => name[i] === byte)) {
      return { index, suffix: name.subarray(bytes.length) };
    }
  }
  return undefined;
}

/**
 * The whole name from its parts.
 * @returns `undefined` when `index` is not known
 */
export function joinXattrName(index: number, suffix: Uint8Array): Uint8Array | undefined {
  const prefix = ENCODED.find((one) => one.index === index);
  if (prefix === undefined) return index === 0 ? suffix.slice() : undefined;
  const name = new Uint8Array(prefix.bytes.length + suffix.length);
  name.set(prefix.bytes);
  name.set(suffix, prefix.bytes.length);
  return name;
}

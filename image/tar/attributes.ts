/**
 * Extended attributes and ACLs as pax records.
 *
 * `SCHILY.xattr.NAME` holds a value as it is, `SCHILY.acl.access` and `SCHILY.acl.default` hold an
 * ACL as text: what star began, and GNU tar and bsdtar read.
 * @module
 */

import type { Xattr } from "../../ext4/tree.ts";
import { printable } from "../../host/libc/paths.ts";
import { aclText } from "./acl_text.ts";
import { type PaxRecord, textRecord } from "./header.ts";

const encoder = new TextEncoder();
const PREFIX = "SCHILY.xattr.";

/** A record an attribute. In keywords, `=` and `%` are written `%3D` and `%25`, as GNU tar does. */
export function attributeRecords(xattrs: readonly Xattr[]): PaxRecord[] {
  return xattrs.map(({ name, value }) => {
    const kind = /^system\.posix_acl_(access|default)$/.exec(printable(name))?.[1];
    const text = kind === undefined ? undefined : aclText(value);
    return text === undefined
      ? { keyword: keywordOf(name), value }
      : textRecord(`SCHILY.acl.${kind}`, text);
  });
}

function keywordOf(name: Uint8Array): Uint8Array {
  const bytes: number[] = [...encoder.encode(PREFIX)];
  for (const byte of name) {
    if (byte === 0x3d) bytes.push(...encoder.encode("%3D"));
    else if (byte === 0x25) bytes.push(...encoder.encode("%25"));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/**
 * A file of an image as JSON.
 * @module
 */

import { Buffer } from "node:buffer";
import { isEncrypted, type Stat } from "../../ext4/reader/metadata/stat.ts";
import type { Mark } from "../../image/stack/mark_of.ts";
import { isoTime } from "./time_text.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const SLASH = 0x2f;

/** The object that `ls --json` and `find --json` print. */
export function entryJson(
  path: Uint8Array,
  stat: Stat,
  target?: Uint8Array,
  mark?: Mark,
): unknown {
  return {
    type: "entry",
    ...textOrBytes("path", absolute(path)),
    kind: stat.kind,
    mode: (stat.mode & 0o7777).toString(8).padStart(4, "0"),
    uid: stat.uid,
    gid: stat.gid,
    sizeBytes: stat.sizeBytes,
    allocatedBytes: stat.allocatedBytes,
    links: stat.countLinks,
    inode: stat.inode,
    mtime: isoTime(stat.mtime),
    atime: isoTime(stat.atime),
    ctime: isoTime(stat.ctime),
    ...(stat.crtime === undefined ? {} : { crtime: isoTime(stat.crtime) }),
    ...(isEncrypted(stat) ? { encrypted: true } : {}),
    ...(stat.device === undefined ? {} : { device: stat.device }),
    ...(mark === undefined ? {} : { mark }),
    ...(target === undefined ? {} : textOrBytes("target", target)),
  };
}

/** The same path however the search for it began. */
function absolute(path: Uint8Array): Uint8Array {
  return path[0] === SLASH ? path : Uint8Array.of(SLASH, ...path);
}

/** Text, and beside it the exact bytes where they are not UTF-8. */
export function textOrBytes(key: string, bytes: Uint8Array): Record<string, string> {
  try {
    return { [key]: strict.decode(bytes) };
  } catch {
    return {
      [key]: lenient.decode(bytes),
      [`${key}Base64`]: Buffer.from(bytes).toString("base64"),
    };
  }
}

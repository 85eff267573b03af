/**
 * The records of a ZIP archive whose files are stored as they are.
 *
 * A file's checksum is known only when it was read: it stands behind the contents, in a data
 * descriptor, and in the directory at the end. What exceeds 32 bits is in ZIP64 fields.
 * Source: PKWARE APPNOTE 6.3.10; Info-ZIP extrafld.txt for the time of modification.
 * @module
 */

/** A member of an archive. */
export interface ZipMember {
  /** Of a folder with a slash at its end. */
  readonly name: Uint8Array;
  readonly isUtf8: boolean;
  readonly mode: number;
  readonly mtimeSeconds: number;
  readonly sizeBytes: number;
}

/** What is known of a member when it was written. */
export interface WrittenMember extends ZipMember {
  readonly crc32: number;
  /** Where its first record begins in the archive. */
  readonly offsetBytes: number;
}

/** Fields of a record, in order: bytes of each, and its value. */
type Fields = readonly (readonly [sizeBytes: 1 | 2 | 4 | 8, value: number])[];

const MAX_16 = 0xffff;
const MAX_32 = 0xffff_ffff;
const VERSION_PLAIN = 20;
const VERSION_ZIP64 = 45;
const MADE_BY_UNIX = 3 << 8;
const FLAG_DESCRIPTOR = 1 << 3;
const FLAG_UTF8 = 1 << 11;
const STORED = 0;
const EXTRA_ZIP64 = 0x0001;
const EXTRA_TIME = 0x5455;
const DOS_FOLDER = 0x10;

/** What stands before a member's contents. */
export function localHeader(member: ZipMember): Uint8Array {
  const isLarge = member.sizeBytes >= MAX_32;
  const extra = joined([
    ...(isLarge ? [record([[2, EXTRA_ZIP64], [2, 16], [8, 0], [8, 0]])] : []),
    timeExtra(member),
  ]);
  const sizes = isLarge ? MAX_32 : 0;
  return joined([
    record([
      [4, 0x04034b50],
      ...common(member, isLarge),
      [4, 0],
      [4, sizes],
      [4, sizes],
      [2, member.name.length],
      [2, extra.length],
    ]),
    member.name,
    extra,
  ]);
}

/** How many bytes a member takes in all, but for its place in the directory at the end. */
export function memberBytes(member: ZipMember): number {
  const isLarge = member.sizeBytes >= MAX_32;
  const header = 30 + member.name.length + (isLarge ? 20 : 0) + timeExtra(member).length;
  return header + member.sizeBytes + (isLarge ? 24 : 16);
}

/** How many bytes its entry in the directory at the end has. */
export function directoryEntryBytes(member: ZipMember, offsetBytes: number): number {
  const large = (member.sizeBytes >= MAX_32 ? 16 : 0) + (offsetBytes >= MAX_32 ? 8 : 0);
  return 46 + member.name.length + (large === 0 ? 0 : 4 + large) + timeExtra(member).length;
}

/** What stands behind a member's contents. */
export function dataDescriptor({ sizeBytes }: ZipMember, crc32: number): Uint8Array {
  const bytes = sizeBytes >= MAX_32 ? 8 : 4;
  return record([[4, 0x08074b50], [4, crc32], [bytes, sizeBytes], [bytes, sizeBytes]]);
}

/** A member in the directory at the end. */
export function directoryEntry(member: WrittenMember): Uint8Array {
  const { sizeBytes, offsetBytes, mode } = member;
  const isLarge = sizeBytes >= MAX_32;
  const isFar = offsetBytes >= MAX_32;
  const large: Fields = [
    ...(isLarge ? [[8, sizeBytes], [8, sizeBytes]] as const : []),
    ...(isFar ? [[8, offsetBytes]] as const : []),
  ];
  const extra = joined([
    ...(large.length > 0 ? [record([[2, EXTRA_ZIP64], [2, 8 * large.length], ...large])] : []),
    timeExtra(member),
  ]);
  const isFolder = member.name.at(-1) === 0x2f;
  const size = Math.min(sizeBytes, MAX_32);
  return joined([
    record([
      [4, 0x02014b50],
      [2, MADE_BY_UNIX | VERSION_ZIP64],
      ...common(member, isLarge || isFar),
      [4, member.crc32],
      [4, size],
      [4, size],
      [2, member.name.length],
      [2, extra.length],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, mode * 0x10000 + (isFolder ? DOS_FOLDER : 0)],
      [4, Math.min(offsetBytes, MAX_32)],
    ]),
    member.name,
    extra,
  ]);
}

/** The end of an archive. @param offsetBytes Where its directory begins. */
export function endRecords(
  countMembers: number,
  directoryBytes: number,
  offsetBytes: number,
): Uint8Array {
  const isLarge = countMembers >= MAX_16 || directoryBytes >= MAX_32 || offsetBytes >= MAX_32;
  const count = Math.min(countMembers, MAX_16);
  const end = record([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, Math.min(directoryBytes, MAX_32)],
    [4, Math.min(offsetBytes, MAX_32)],
    [2, 0],
  ]);
  if (!isLarge) return end;
  const large = record([
    [4, 0x06064b50],
    [8, 44],
    [2, MADE_BY_UNIX | VERSION_ZIP64],
    [2, VERSION_ZIP64],
    [4, 0],
    [4, 0],
    [8, countMembers],
    [8, countMembers],
    [8, directoryBytes],
    [8, offsetBytes],
  ]);
  const locator = record([
    [4, 0x07064b50],
    [4, 0],
    [8, offsetBytes + directoryBytes],
    [4, 1],
  ]);
  return joined([large, locator, end]);
}

/** The fields that both headers of a member share: version, flags, method, time, date. */
function common({ isUtf8, mtimeSeconds }: ZipMember, isLarge: boolean): Fields {
  const date = new Date(Math.min(Math.max(mtimeSeconds, DOS_FIRST), DOS_LAST) * 1000);
  const time = date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1;
  const day = (date.getUTCFullYear() - 1980) << 9 | (date.getUTCMonth() + 1) << 5 |
    date.getUTCDate();
  return [
    [2, isLarge ? VERSION_ZIP64 : VERSION_PLAIN],
    [2, FLAG_DESCRIPTOR | (isUtf8 ? FLAG_UTF8 : 0)],
    [2, STORED],
    [2, time],
    [2, day],
  ];
}

const DOS_FIRST = Date.UTC(1980, 0, 1) / 1000;
const DOS_LAST = Date.UTC(2107, 11, 31) / 1000;

/** The time of modification to the second, in UTC, where 32 bits hold it. */
function timeExtra({ mtimeSeconds }: ZipMember): Uint8Array {
  const seconds = Math.floor(mtimeSeconds);
  if (seconds < -(2 ** 31) || seconds >= 2 ** 31) return new Uint8Array();
  return record([[2, EXTRA_TIME], [2, 5], [1, 1], [4, seconds]]);
}

function record(fields: Fields): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return bytes;
}

/** One array out of several. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

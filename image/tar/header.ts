/**
 * Blocks of a tar archive: the header of POSIX ustar, and pax records before it.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Header Block".
 * @module
 */

import { joinBytes } from "../../host/libc/paths.ts";

export const BLOCK_BYTES = 512;

/** What a member of an archive is: `typeflag`. */
export const TYPE = {
  file: "0",
  link: "1",
  symlink: "2",
  characterDevice: "3",
  blockDevice: "4",
  folder: "5",
  fifo: "6",
  pax: "x",
} as const;

/** One member's header. */
export interface Member {
  readonly type: typeof TYPE[keyof typeof TYPE];
  /** Its path; a folder's ends in a slash. */
  readonly name: Uint8Array;
  /** Of a link: where it leads. */
  readonly linkName?: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly sizeBytes: number;
  readonly mtime: { readonly seconds: number; readonly nanoseconds: number };
  readonly device?: { readonly major: number; readonly minor: number };
  /** Further pax records, e.g. attributes. */
  readonly records?: readonly PaxRecord[];
}

/** One record of a pax header: a keyword and any bytes. */
export interface PaxRecord {
  readonly keyword: Uint8Array;
  readonly value: Uint8Array;
}

/** The bytes of a text without letters outside ASCII: many of them, so not by an encoder. */
function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const MAGIC = ascii("ustar\x0000");
const PAX_FOLDER = ascii("PaxHeaders");

/** A record of ASCII text. */
export function textRecord(keyword: string, value: string): PaxRecord {
  return { keyword: ascii(keyword), value: ascii(value) };
}

/** The largest numbers that fit a field of octal digits. */
const MAX_8 = 0o7777777;
const MAX_12 = 0o77777777777;
const NAME_BYTES = 100;

/** All blocks that come before a member's contents. */
export function headerBlocks(member: Member): Uint8Array[] {
  const records = [...paxRecordsOf(member), ...(member.records ?? [])];
  const blocks: Uint8Array[] = [];
  if (records.length > 0) {
    const body = paxBody(records);
    blocks.push(
      ustarBlock({
        type: TYPE.pax,
        name: paxName(member.name),
        mode: 0o644,
        uid: 0,
        gid: 0,
        sizeBytes: body.length,
        mtime: { seconds: 0, nanoseconds: 0 },
      }),
      body,
      new Uint8Array(paddingBytes(body.length)),
    );
  }
  blocks.push(ustarBlock(member));
  return blocks;
}

/** Zeros that follow contents up to the next block. */
export function paddingBytes(sizeBytes: number): number {
  return (BLOCK_BYTES - sizeBytes % BLOCK_BYTES) % BLOCK_BYTES;
}

/** What does not fit the header's own fields. */
function paxRecordsOf(member: Member): PaxRecord[] {
  const records: PaxRecord[] = [];
  const { name, linkName, uid, gid, sizeBytes, mtime } = member;
  if (!isUtf8(name) || (linkName !== undefined && !isUtf8(linkName))) {
    // Else a reader would take the bytes for UTF-8, and refuse or change them.
    records.push(textRecord("hdrcharset", "BINARY"));
  }
  if (needsRecord(name)) records.push({ keyword: ascii("path"), value: name });
  if (linkName !== undefined && needsRecord(linkName)) {
    records.push({ keyword: ascii("linkpath"), value: linkName });
  }
  if (uid > MAX_8) records.push(textRecord("uid", String(uid)));
  if (gid > MAX_8) records.push(textRecord("gid", String(gid)));
  if (sizeBytes > MAX_12) records.push(textRecord("size", String(sizeBytes)));
  if (mtime.nanoseconds !== 0 || mtime.seconds < 0 || mtime.seconds > MAX_12) {
    records.push(textRecord("mtime", timeText(mtime)));
  }
  return records;
}

function needsRecord(name: Uint8Array): boolean {
  return name.length > NAME_BYTES || !isAscii(name);
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80) return false;
  return true;
}

/** Decimal seconds; before 1970 both parts count backwards: -0.25 is a quarter before it. */
function timeText({ seconds, nanoseconds }: Member["mtime"]): string {
  if (nanoseconds === 0) return String(seconds);
  const isBefore = seconds < 0;
  const whole = isBefore ? -(seconds + 1) : seconds;
  const fraction = isBefore ? 1_000_000_000 - nanoseconds : nanoseconds;
  return `${isBefore ? "-" : ""}${whole}.${String(fraction).padStart(9, "0")}`;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function isUtf8(bytes: Uint8Array): boolean {
  if (isAscii(bytes)) return true;
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Each record begins with its own length, the digits of the length counted. */
function paxBody(records: readonly PaxRecord[]): Uint8Array {
  const lines = records.map(({ keyword, value }) => {
    const rest = 1 + keyword.length + 1 + value.length + 1;
    let length = rest + String(rest).length;
    while (String(length).length + rest !== length) length = rest + String(length).length;
    const line = new Uint8Array(length);
    const head = ascii(`${length} `);
    line.set(head);
    line.set(keyword, head.length);
    line[head.length + keyword.length] = 0x3d;
    line.set(value, head.length + keyword.length + 1);
    line[length - 1] = 0x0a;
    return line;
  });
  const body = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
  let at = 0;
  for (const line of lines) {
    body.set(line, at);
    at += line.length;
  }
  return body;
}

/** A name for readers that know no pax; they extract the header as a file. */
function paxName(name: Uint8Array): Uint8Array {
  const shown = joinBytes(PAX_FOLDER, name.subarray(0, 80));
  for (let i = 0; i < shown.length; i++) if (shown[i]! >= 0x80) shown[i] = 0x3f;
  return shown;
}

const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  typeflag: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  devmajor: [329, 8],
  devminor: [337, 8],
} as const;

function ustarBlock(member: Member): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (field: keyof typeof FIELDS, bytes: Uint8Array) => {
    const [offset, length] = FIELDS[field];
    block.set(bytes.length > length ? bytes.subarray(0, length) : bytes, offset);
  };
  // Octal digits and a NUL; what does not fit is in a pax record, and zero here.
  const putNumber = (field: keyof typeof FIELDS, value: number) => {
    const [offset, length] = FIELDS[field];
    const fits = value >= 0 && value < 8 ** (length - 1);
    let rest = fits ? value : 0;
    for (let at = offset + length - 2; at >= offset; at--) {
      block[at] = 0x30 + rest % 8;
      rest = Math.floor(rest / 8);
    }
  };
  put("name", member.name);
  putNumber("mode", member.mode & 0o7777);
  putNumber("uid", member.uid);
  putNumber("gid", member.gid);
  putNumber("size", member.sizeBytes);
  putNumber("mtime", member.mtime.seconds);
  put("typeflag", ascii(member.type));
  if (member.linkName !== undefined) put("linkname", member.linkName);
  put("magic", MAGIC);
  putNumber("devmajor", member.device?.major ?? 0);
  putNumber("devminor", member.device?.minor ?? 0);
  // Six digits, a NUL and a blank; the field itself counts as blanks.
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK_BYTES; i++) sum += block[i]!;
  putNumber("checksum", sum);
  block.copyWithin(FIELDS.checksum[0], FIELDS.checksum[0] + 1, FIELDS.checksum[0] + 7);
  block[FIELDS.checksum[0] + 6] = 0;
  block[FIELDS.checksum[0] + 7] = 0x20;
  return block;
}

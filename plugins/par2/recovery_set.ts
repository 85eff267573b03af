/**
 * Whether the files that `par2` made are a recovery set of a file, with as much data as was asked
 * for: read packet by packet, without the file itself.
 *
 * Format: https://parchive.github.io/doc/Parity%20Volume%20Set%20Specification%20v2.0.html
 * @module
 */

import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { EnvironmentError } from "../../mod.ts";

/** What the set is to be about. */
export interface Protected {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  /** How much of it may be lost. */
  readonly redundancyPercent: number;
}

const MAGIC = "PAR2\0PKT";
const HEADER_BYTES = 64;
/** The digest of a packet begins with what follows it. */
const HASHED_FROM = 32;
/** Packets of these are read whole; those of data may be as large as a block. */
const MOST_BODY_BYTES = 2 ** 20;
const PIECE_BYTES = 2 ** 20;
/** The beginning of a file, of which the set holds a digest. */
const BEGIN_BYTES = 16_384;

/** What was found in the files. */
interface Found {
  readonly setIds: Set<string>;
  readonly exponents: Set<number>;
  sliceBytes: number | undefined;
  file:
    | { readonly name: string; readonly sizeBytes: number; readonly md5Begin: string }
    | undefined;
}

/** Checks the files of a set. @throws EnvironmentError `wrong-output` */
export async function checkRecoverySet(
  paths: readonly string[],
  file: Protected,
  signal: AbortSignal,
): Promise<void> {
  if (paths.length === 0) throw wrongOutput("it made no files");
  const found: Found = {
    setIds: new Set(),
    exponents: new Set(),
    sliceBytes: undefined,
    file: undefined,
  };
  for (const path of paths) await readPackets(path, found, signal);
  if (found.setIds.size !== 1) throw wrongOutput("its files belong to several sets");
  await checkFile(found, file);
  checkAmount(found, file);
}

async function checkFile({ file: described }: Found, file: Protected): Promise<void> {
  if (described === undefined) throw wrongOutput("its files do not say what they are about");
  const { name, sizeBytes, md5Begin } = described;
  const isSame = name === file.name && sizeBytes === file.sizeBytes &&
    md5Begin === await md5OfBegin(file.path);
  if (!isSame) throw wrongOutput(`its files are not about ${file.name} as it is`);
}

function checkAmount({ sliceBytes, exponents }: Found, file: Protected): void {
  if (sliceBytes === undefined) {
    throw wrongOutput("its files do not say how large their blocks are");
  }
  const countSlices = Math.ceil(file.sizeBytes / sliceBytes);
  const least = Math.max(1, Math.floor(countSlices * file.redundancyPercent / 100));
  if (exponents.size >= least) return;
  throw wrongOutput(`it made ${exponents.size} recovery blocks where ${least} are due`);
}

async function readPackets(path: string, found: Found, signal: AbortSignal): Promise<void> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    if (size === 0) throw wrongOutput(`${basename(path)} is empty`);
    for (let at = 0; at < size;) {
      signal.throwIfAborted();
      at += await readPacket(handle, at, size, basename(path), found);
    }
  } finally {
    await handle.close();
  }
}

/** Reads one packet. @returns Its length. */
async function readPacket(
  handle: FileHandle,
  at: number,
  endOfFile: number,
  name: string,
  found: Found,
): Promise<number> {
  const header = await readAt(handle, at, Math.min(HEADER_BYTES, endOfFile - at));
  const text = new TextDecoder("latin1");
  const lengthBytes = header.length < HEADER_BYTES
    ? 0
    : Number(viewOf(header).getBigUint64(8, true));
  const isWhole = text.decode(header.subarray(0, 8)) === MAGIC && lengthBytes % 4 === 0 &&
    lengthBytes > HEADER_BYTES && at + lengthBytes <= endOfFile;
  const end = at + lengthBytes;
  if (!isWhole || await md5(handle, at + HASHED_FROM, end) !== header.subarray(16, 32).toHex()) {
    throw wrongOutput(`${name} is not whole: no valid packet begins at byte ${at}`);
  }
  found.setIds.add(header.subarray(32, 48).toHex());
  const bodyBytes = Math.min(lengthBytes - HEADER_BYTES, MOST_BODY_BYTES);
  const body = await readAt(handle, at + HEADER_BYTES, bodyBytes);
  note(text.decode(header.subarray(48, 64)).replace(/\0+$/, ""), body, found);
  return lengthBytes;
}

function note(type: string, body: Uint8Array, found: Found): void {
  const view = viewOf(body);
  if (type === "PAR 2.0\0RecvSlic") found.exponents.add(view.getUint32(0, true));
  if (type === "PAR 2.0\0Main") found.sliceBytes = Number(view.getBigUint64(0, true));
  if (type !== "PAR 2.0\0FileDesc") return;
  found.file = {
    name: new TextDecoder().decode(body.subarray(56)).replace(/\0+$/, ""),
    sizeBytes: Number(view.getBigUint64(48, true)),
    md5Begin: body.subarray(32, 48).toHex(),
  };
}

async function md5OfBegin(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    return await md5(handle, 0, Math.min(size, BEGIN_BYTES));
  } finally {
    await handle.close();
  }
}

async function md5(handle: FileHandle, from: number, end: number): Promise<string> {
  const hash = createHash("md5");
  for (let at = from; at < end;) {
    const piece = await readAt(handle, at, Math.min(PIECE_BYTES, end - at));
    if (piece.length === 0) break;
    hash.update(piece);
    at += piece.length;
  }
  return hash.digest("hex");
}

async function readAt(handle: FileHandle, at: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes);
  const { bytesRead } = await handle.read(bytes, 0, lengthBytes, at);
  return bytes.subarray(0, bytesRead);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The error of a program that did not do what it said. */
export function wrongOutput(why: string): EnvironmentError {
  return new EnvironmentError(
    `cannot rely on the program par2: ${why}. Reinstall it: apt-get install --reinstall par2`,
    "wrong-output",
  );
}

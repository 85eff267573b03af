/**
 * What is encrypted in an age file: chunks of 64 KiB, each sealed by itself, so that any range is
 * read by opening the chunks that it touches. The last one is marked as such, by which a file that
 * was cut is noticed.
 *
 * Format: https://age-encryption.org/v1
 * @module
 */

import { hkdfSync } from "node:crypto";
import { CorruptImageError } from "../../../ext4/image_errors.ts";
import type { LeavingOut } from "../../../ext4/reader/leave_out.ts";
import { type Reading, settle } from "../../../ext4/reader/reading.ts";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import { SourceOver } from "../../../host/block_source/source_over.ts";
import { closedError } from "../../../host/block_source/file_source.ts";
import {
  NONCE_BYTES,
  type Opener,
  openerWith,
  TAG_BYTES,
} from "../../../host/ciphers/chacha20_poly1305.ts";
import { StoredDamageError } from "../stored_damage_error.ts";
import { KeptPieces } from "../kept_pieces.ts";

const CHUNK_BYTES = 65_536;
const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;
/** The payload's own nonce, before the first chunk. */
const SALT_BYTES = 16;
/** Of what is local, so much is read at once: more would leave the processor's cache. */
const LOCAL_RUN_CHUNKS = 16;
/** Chunks of which a part was wanted, and soon perhaps the rest. */
const KEPT_BYTES = 16 * CHUNK_BYTES;

/** Where what is encrypted lies. */
interface Payload {
  /** The first byte of the first chunk. */
  readonly at: number;
  readonly countChunks: number;
  /** Plain bytes of all chunks. */
  readonly sizeBytes: number;
}

/**
 * Opens what is behind the header, and the last chunk of it.
 *
 * @param headerBytes Size of the header.
 * @throws CorruptImageError `age-cut`, unless what is broken is to be left out.
 */
export async function openPayload(
  source: HostBlockSource,
  headerBytes: number,
  fileKey: Uint8Array,
  leavingOut: LeavingOut,
): Promise<HostBlockSource> {
  const at = headerBytes + SALT_BYTES;
  if (source.sizeBytes < at + TAG_BYTES) throw cutError(source.shownName);
  const salt = new Uint8Array(SALT_BYTES);
  await source.read(headerBytes, salt);
  const key = new Uint8Array(hkdfSync("sha256", fileKey, salt, "payload", 32));
  const opener = await openerWith(key);
  try {
    const payload = layoutOf(source.sizeBytes, at);
    const opened = new AgeSource(source, payload, opener);
    const error = await opened.openLast() ??
      (payload.isCut ? cutError(source.shownName) : undefined);
    if (error === undefined) return opened;
    if (leavingOut.onBroken === undefined) throw error;
    leavingOut.onBroken(error, undefined);
    return opened;
  } catch (error) {
    opener.close();
    throw error;
  }
}

/** @returns `isCut` where the end of a tag is missing: what it belongs to is not counted. */
function layoutOf(fileBytes: number, at: number): Payload & { readonly isCut: boolean } {
  const sealedBytes = fileBytes - at;
  const rest = sealedBytes % SEALED_BYTES;
  const countWhole = Math.floor(sealedBytes / SEALED_BYTES);
  // A chunk without contents is there only where it is the only one.
  const hasLast = rest > TAG_BYTES || (rest === TAG_BYTES && countWhole === 0);
  const countChunks = countWhole + (hasLast ? 1 : 0);
  const restBytes = hasLast ? rest - TAG_BYTES : 0;
  return {
    at,
    countChunks,
    sizeBytes: countWhole * CHUNK_BYTES + restBytes,
    isCut: rest > 0 && !hasLast,
  };
}

class AgeSource extends SourceOver {
  readonly #kept = new KeptPieces(KEPT_BYTES);
  readonly #nonce = new Uint8Array(NONCE_BYTES);
  readonly #nonceView = new DataView(this.#nonce.buffer);
  /** The last chunk, opened. */
  #last: Uint8Array | undefined;
  /** Whether the last chunk that is there is marked as the last. */
  #hasEnd = true;
  #spare: Uint8Array | undefined;
  #isClosed = false;

  constructor(
    beneath: HostBlockSource,
    private readonly payload: Payload,
    private readonly opener: Opener,
  ) {
    super(beneath);
  }

  override get sizeBytes(): number {
    return this.payload.sizeBytes;
  }

  /** Opens the last chunk, and keeps it. @returns What is wrong. */
  async openLast(): Promise<CorruptImageError | undefined> {
    const index = this.payload.countChunks - 1;
    const sealed = new Uint8Array(this.#plainBytesOf(index) + TAG_BYTES);
    await this.beneath.read(this.#offsetOf(index), sealed);
    const plain = new Uint8Array(sealed.length - TAG_BYTES);
    if (this.opener.open(this.#nonceOf(index, true), sealed, plain)) {
      this.#last = plain;
      return;
    }
    this.#hasEnd = !this.opener.open(this.#nonceOf(index, false), sealed, plain);
    return this.#hasEnd ? endError(this.shownName) : cutError(this.shownName);
  }

  override get stored(): NonNullable<HostBlockSource["stored"]> {
    return { layer: "age", source: this.beneath };
  }

  override read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    return settle(this.#read(offsetBytes, into));
  }

  override close(): void {
    this.#isClosed = true;
    this.opener.close();
    this.beneath.close();
  }

  *#read(offsetBytes: number, into: Uint8Array): Reading<void> {
    for (let done = 0; done < into.length;) {
      if (this.#isClosed) throw closedError(this.shownName);
      const at = offsetBytes + done;
      const index = Math.floor(at / CHUNK_BYTES);
      const kept = this.#keptChunk(index);
      if (kept !== undefined) {
        const part = kept.subarray(at % CHUNK_BYTES, at % CHUNK_BYTES + into.length - done);
        into.set(part, done);
        done += part.length;
        continue;
      }
      const end = this.#endOfRun(index, offsetBytes + into.length);
      const sealedBytes = (end - 1 - index) * SEALED_BYTES + this.#plainBytesOf(end - 1) +
        TAG_BYTES;
      const buffer = this.#takeBuffer(sealedBytes);
      const run = buffer.subarray(0, sealedBytes);
      const wait = this.beneath.read(this.#offsetOf(index), run);
      if (wait !== undefined) yield wait;
      if (this.#isClosed) throw closedError(this.shownName);
      for (let each = index; each < end; each++) {
        const sealed = run.subarray(
          (each - index) * SEALED_BYTES,
          (each - index + 1) * SEALED_BYTES,
        );
        done += this.#openInto(each, sealed, offsetBytes, into);
      }
      if (this.isLocal) this.#spare = buffer;
    }
  }

  /** Opens a chunk, and writes the part of it that is wanted. @returns How much that is. */
  #openInto(index: number, sealed: Uint8Array, offsetBytes: number, into: Uint8Array): number {
    const start = index * CHUNK_BYTES;
    const plainBytes = sealed.length - TAG_BYTES;
    const from = Math.max(start, offsetBytes);
    const to = Math.min(start + plainBytes, offsetBytes + into.length);
    const wanted = into.subarray(from - offsetBytes, to - offsetBytes);
    const isWhole = wanted.length === plainBytes;
    const plain = isWhole ? wanted : new Uint8Array(plainBytes);
    const isLast = this.#hasEnd && index === this.payload.countChunks - 1;
    if (!this.opener.open(this.#nonceOf(index, isLast), sealed, plain)) throw this.#damaged(index);
    if (!isWhole) {
      wanted.set(plain.subarray(from - start, to - start));
      this.#kept.add(index, plain);
    }
    return wanted.length;
  }

  #keptChunk(index: number): Uint8Array | undefined {
    return index === this.payload.countChunks - 1 && this.#last !== undefined
      ? this.#last
      : this.#kept.get(index);
  }

  /** One past the last chunk of a run that is read at once. */
  #endOfRun(index: number, endBytes: number): number {
    const most = this.isLocal ? index + LOCAL_RUN_CHUNKS : Infinity;
    const wanted = Math.min(Math.ceil(endBytes / CHUNK_BYTES), this.payload.countChunks, most);
    let end = index + 1;
    while (end < wanted && this.#keptChunk(end) === undefined) end++;
    return end;
  }

  /** The one that is used again and again, unless another read has it. */
  #takeBuffer(sizeBytes: number): Uint8Array {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare !== undefined && spare.length >= sizeBytes) return spare;
    return new Uint8Array(this.isLocal ? LOCAL_RUN_CHUNKS * SEALED_BYTES : sizeBytes);
  }

  #offsetOf(index: number): number {
    return this.payload.at + index * SEALED_BYTES;
  }

  #plainBytesOf(index: number): number {
    return Math.min(CHUNK_BYTES, this.sizeBytes - index * CHUNK_BYTES);
  }

  /** A counter of 11 bytes, and whether it is the last. */
  #nonceOf(index: number, isLast: boolean): Uint8Array {
    this.#nonceView.setUint32(3, Math.floor(index / 2 ** 32));
    this.#nonceView.setUint32(7, index % 2 ** 32);
    this.#nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
    return this.#nonce;
  }

  #damaged(index: number): StoredDamageError {
    const start = index * CHUNK_BYTES;
    return new StoredDamageError("age-chunk", this.shownName, {
      piece: "the encrypted chunk",
      index,
      startBytes: start,
      endBytes: start + this.#plainBytesOf(index),
    });
  }
}

function cutError(shownName: string): CorruptImageError {
  return new CorruptImageError(
    "age-cut",
    "the age file",
    `cannot read ${shownName}: it was cut short: the end of what is encrypted is missing. ` +
      "Use another copy of it.",
  );
}

function endError(shownName: string): CorruptImageError {
  return new CorruptImageError(
    "age-cut",
    "the age file",
    `cannot read ${shownName}: it was cut short, or its end is damaged: the last encrypted chunk ` +
      "cannot be opened. Use another copy of it.",
  );
}

/**
 * Images that were compressed with zstd in the seekable format: frames that unpack on their own, and
 * a table of them at the end.
 * @module
 */

import { existsSync } from "node:fs";
import { CorruptImageError } from "../../../ext4/image_errors.ts";
import { type Reading, settle } from "../../../ext4/reader/reading.ts";
import type { HostBlockSource } from "../../../host/block_source/block_source.ts";
import { SourceOver } from "../../../host/block_source/source_over.ts";
import { closedError } from "../../../host/block_source/file_source.ts";
import { outputBeside, quoted } from "../../no_image/shell_words.ts";
import { KeptPieces } from "../kept_pieces.ts";
import { StoredDamageError } from "../stored_damage_error.ts";
import { requireZstd, unpackFrame } from "./frame.ts";
import { readSeekTable, type SeekTable } from "./seek_table.ts";

/** Enough for the folders and files that are read in turn. */
const KEPT_BYTES = 16 << 20;
/** Compressed bytes that are asked for at once. */
const MOST_RUN_BYTES = 8 << 20;

/** Opens what is compressed. @throws EnvironmentError, CorruptImageError */
export async function openZstd(source: HostBlockSource): Promise<HostBlockSource> {
  requireZstd(source.shownName);
  const table = await readSeekTable(source);
  if (table === undefined) throw noTable(source);
  return new ZstdSource(source, table);
}

class ZstdSource extends SourceOver {
  readonly #kept = new KeptPieces(KEPT_BYTES);
  #isClosed = false;

  constructor(beneath: HostBlockSource, private readonly table: SeekTable) {
    super(beneath);
  }

  override get sizeBytes(): number {
    return this.table.sizeBytes;
  }

  override get stored(): NonNullable<HostBlockSource["stored"]> {
    return { layer: "zstd", source: this.beneath };
  }

  override read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    return settle(this.#read(offsetBytes, into));
  }

  override close(): void {
    this.#isClosed = true;
    this.beneath.close();
  }

  *#read(offsetBytes: number, into: Uint8Array): Reading<void> {
    const { startOf } = this.table;
    for (let done = 0; done < into.length;) {
      if (this.#isClosed) throw closedError(this.shownName);
      const frame = this.#frameAt(offsetBytes + done);
      const kept = this.#kept.get(frame);
      if (kept !== undefined) {
        done += this.#copy(frame, kept, offsetBytes, into);
        continue;
      }
      const end = this.#endOfRun(frame, offsetBytes + into.length);
      const run = new Uint8Array(startOf[end]! - startOf[frame]!);
      const wait = this.beneath.read(startOf[frame]!, run);
      if (wait !== undefined) yield wait;
      for (let each = frame; each < end; each++) {
        if (this.#plainBytesOf(each) === 0) continue;
        const from = startOf[each]! - startOf[frame]!;
        const packed = run.subarray(from, startOf[each + 1]! - startOf[frame]!);
        done += this.#copy(each, this.#unpack(each, packed), offsetBytes, into);
      }
    }
  }

  #unpack(frame: number, packed: Uint8Array): Uint8Array {
    const { plainStartOf, checksumOf } = this.table;
    const plain = unpackFrame(packed, this.#plainBytesOf(frame), checksumOf?.[frame]);
    if (typeof plain !== "string") {
      this.#kept.add(frame, plain);
      return plain;
    }
    throw new StoredDamageError("zstd-frame", this.shownName, {
      piece: "the compressed frame",
      index: frame,
      startBytes: plainStartOf[frame]!,
      endBytes: plainStartOf[frame + 1]!,
      why: plain,
    });
  }

  /** Copies what is wanted of a frame. @returns How much that is. */
  #copy(frame: number, plain: Uint8Array, offsetBytes: number, into: Uint8Array): number {
    const start = this.table.plainStartOf[frame]!;
    const from = Math.max(start, offsetBytes);
    const to = Math.min(start + plain.length, offsetBytes + into.length);
    into.set(plain.subarray(from - start, to - start), from - offsetBytes);
    return to - from;
  }

  /** The frame in which a byte lies. */
  #frameAt(offsetBytes: number): number {
    const { plainStartOf, countFrames } = this.table;
    let low = 0, high = countFrames - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (plainStartOf[middle]! <= offsetBytes) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** One past the last frame of a run that is read at once. */
  #endOfRun(frame: number, endBytes: number): number {
    const { startOf, plainStartOf, countFrames } = this.table;
    let end = frame + 1;
    while (
      end < countFrames && plainStartOf[end]! < endBytes && this.#kept.get(end) === undefined &&
      startOf[end + 1]! - startOf[frame]! <= MOST_RUN_BYTES
    ) end++;
    return end;
  }

  #plainBytesOf(frame: number): number {
    const { plainStartOf } = this.table;
    return plainStartOf[frame + 1]! - plainStartOf[frame]!;
  }
}

function noTable({ shownName, isLocal }: HostBlockSource): CorruptImageError {
  const [file, out] = isLocal
    ? [quoted(shownName), quoted(outputBeside(shownName, existsSync))]
    : ["FILE", "OUTPUT"];
  return new CorruptImageError(
    "no-seek-table",
    "the zstd file",
    `cannot read ${shownName} in place: it is compressed, and has no table of frames at its end, ` +
      `as icecore's step zstd writes it: another program made it, or it was cut short. ` +
      `${isLocal ? "" : "Fetch it, and let FILE be its name. "}` +
      `Unpack it with zstd -d -o ${out} ${file}.`,
  );
}

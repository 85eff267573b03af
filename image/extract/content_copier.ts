/**
 * Copies the contents of files out of an image, holes as holes.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { Breather } from "../../host/breathe.ts";
import { type Descriptor, truncate, writeAllAt } from "../../host/libc/files.ts";
import type { ContentCheck } from "../content_check.ts";
import type { ImageFile } from "../image_file.ts";
import type { ImageReader } from "../image_reader.ts";

/** Long enough that a remote image is asked seldom, short enough for a processor's cache. */
const PIECE_BYTES = 2 << 20;
/** Up to this many blocks, four extents in the inode describe all: no block of a map is counted. */
const FEW_BLOCKS = 5;

/** Copies one file after the other through one buffer. */
export class ContentCopier {
  readonly #piece = new Uint8Array(PIECE_BYTES);

  /**
   * @param check Compares what is copied with the record, if there is one.
   * @param onCopied Told how many bytes were read and written.
   * @param rest Called now and then within a long file.
   */
  constructor(
    private readonly image: ImageReader,
    private readonly check: ContentCheck | undefined,
    private readonly breather: Breather,
    private readonly onCopied: (bytes: number) => void,
    private readonly rest: () => Promise<void>,
  ) {}

  /**
   * Fills an empty file.
   * @returns false where its contents are not what was recorded
   * @throws CorruptImageError; SystemError when it cannot be written
   */
  async copy(inode: InodeNumber, to: Descriptor): Promise<boolean> {
    const file = await this.image.openFile(inode);
    await this.check?.begin(file);
    await this.#copyAll(file, to);
    return this.check?.finish() ?? true;
  }

  async #copyAll(file: ImageFile, to: Descriptor): Promise<void> {
    const { sizeBytes } = file.stat;
    if (this.#hasNoHoles(file)) return await this.#copyRange(file, 0, sizeBytes, to);
    // First the size: a file system that cannot hold it says so before anything is copied.
    truncate(to, sizeBytes);
    for await (const { startBytes, endBytes } of file.dataRanges()) {
      await this.#copyRange(file, startBytes, Math.min(endBytes, sizeBytes), to);
    }
  }

  /** Where the inode alone suffices. */
  #hasNoHoles({ stat }: ImageFile): boolean {
    const { blockSizeBytes } = this.image.info;
    return stat.sizeBytes <= FEW_BLOCKS * blockSizeBytes &&
      stat.allocatedBytes === Math.ceil(stat.sizeBytes / blockSizeBytes) * blockSizeBytes;
  }

  async #copyRange(file: ImageFile, start: number, end: number, to: Descriptor): Promise<void> {
    for (let offset = start; offset < end; offset += PIECE_BYTES) {
      const piece = this.#piece.subarray(0, Math.min(PIECE_BYTES, end - offset));
      const reading = file.read(offset, piece);
      if (reading instanceof Promise) await reading;
      this.check?.add(piece, offset);
      writeAllAt(to, piece, offset);
      this.onCopied(piece.length);
      if (offset + PIECE_BYTES < end && this.breather.due) await this.rest();
    }
  }
}

/**
 * The hash file of an image in the making: begun when the image's first bytes have come, because
 * they contain its size.
 * @module
 */

import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { EnvironmentError } from "../../mod.ts";
import { messageOf, openNew, printable } from "../../plugin.ts";
import { HashTree } from "./hash_tree.ts";
import { treeLayout } from "./tree_layout.ts";
import { ALGORITHM, superblock } from "./verity_superblock.ts";

/** The image's head: its boot block and its superblock. */
const HEAD_BYTES = 2048;
// Kernel, Documentation/filesystems/ext4/super.rst.
const MAGIC = 0xef53;
const S_BLOCKS_COUNT_LO = 1024 + 0x04;
const S_LOG_BLOCK_SIZE = 1024 + 0x18;
const S_MAGIC = 1024 + 0x38;
const S_BLOCKS_COUNT_HI = 1024 + 0x150;

/** What was made. */
export interface MadeTree {
  /** In hex. */
  readonly rootHash: string;
  readonly sizeBytes: number;
}

/** Takes an image and writes its hash file. */
export class HashFile {
  #head = new Uint8Array(0);
  #tree: HashTree | undefined;
  #sizeBytes = 0;
  #isClosed = false;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly salt: Uint8Array | undefined,
  ) {}

  /**
   * @param salt Absent: derived from the image's head.
   * @param mode Who may read it.
   */
  static async create(path: string, salt?: Uint8Array, mode?: number): Promise<HashFile> {
    const handle = await openNew(path, mode).catch((error) => {
      throw writeError(path, error);
    });
    return new HashFile(path, handle, salt);
  }

  /** Takes bytes of the image, in order. */
  async add(bytes: Uint8Array): Promise<void> {
    if (this.#tree === undefined) {
      const joined = new Uint8Array(this.#head.length + bytes.length);
      joined.set(this.#head);
      joined.set(bytes, this.#head.length);
      this.#head = joined;
      if (joined.length < HEAD_BYTES) return;
      bytes = joined;
      this.#tree = await this.#begin(joined.subarray(0, HEAD_BYTES));
      this.#head = new Uint8Array(0);
    }
    await this.#tree.add(bytes);
  }

  /** Completes the file. */
  async end(): Promise<MadeTree> {
    const root = await this.#tree?.end();
    if (root === undefined) throw notExt4();
    await this.close();
    return { rootHash: root.toHex(), sizeBytes: this.#sizeBytes };
  }

  /** Closes it; the file stays, for the caller to remove. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.handle.close();
  }

  async #begin(head: Uint8Array): Promise<HashTree> {
    const layout = treeLayout(imageBytesOf(head));
    const salt = this.salt ??
      createHash(ALGORITHM).update("icecore verity salt").update(head).digest();
    this.#sizeBytes = layout.sizeBytes;
    await this.#store(superblock(layout, salt), 0);
    return new HashTree(layout, salt, (block, offset) => this.#store(block, offset));
  }

  async #store(bytes: Uint8Array, offset: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const rest = bytes.length - done;
      const { bytesWritten } = await this.handle.write(bytes, done, rest, offset + done)
        .catch((error) => {
          throw writeError(this.path, error);
        });
      done += bytesWritten;
    }
  }
}

function imageBytesOf(head: Uint8Array): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint16(S_MAGIC, true) !== MAGIC) throw notExt4();
  const countBlocks = view.getUint32(S_BLOCKS_COUNT_HI, true) * 2 ** 32 +
    view.getUint32(S_BLOCKS_COUNT_LO, true);
  return countBlocks * 1024 * 2 ** view.getUint32(S_LOG_BLOCK_SIZE, true);
}

function writeError(path: string, error: unknown): EnvironmentError {
  return new EnvironmentError(
    `cannot write ${printable(path)}: ${messageOf(error)}. Make room, or choose another place.`,
    "not-written",
    { cause: error },
  );
}

function notExt4(): EnvironmentError {
  return new EnvironmentError(
    "cannot make the hash tree: what comes in is not an ext4 image. Look at the step that makes it.",
    "not-ext4",
  );
}

/**
 * The records of a stack's layers as one: each file's digest is in the record of its layer.
 * @module
 */

import type { InodeNumber } from "../../ext4/numbers.ts";
import type { RecordBase } from "../../ext4/record.ts";
import type { ImageRecord, RecordVerdict } from "../image_record.ts";
import { inLayer, type Layer, layerOf } from "./layer.ts";

/** The records of all layers. */
export class StackRecord implements ImageRecord {
  readonly #layers: readonly Layer[];

  /** @param layers topmost first */
  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  get #top(): ImageRecord {
    return this.#layers[0]!.record;
  }

  get presence(): ImageRecord["presence"] {
    return this.#top.presence;
  }

  get hasDigests(): boolean {
    return true;
  }

  /** Only where all layers agree. */
  get hasAllTimes(): boolean | undefined {
    const { hasAllTimes } = this.#top;
    return this.#layers.every(({ record }) => record.hasAllTimes === hasAllTimes)
      ? hasAllTimes
      : undefined;
  }

  get base(): RecordBase | undefined {
    return this.#top.base;
  }

  /** That of the topmost image, which binds all below it. */
  ownDigest(): Promise<Uint8Array | undefined> {
    return this.#top.ownDigest();
  }

  /** Of one inode's record; of all, the first that cannot be relied on, naming its image. */
  async verdict(inode?: InodeNumber): Promise<RecordVerdict> {
    if (inode !== undefined) return await layerOf(this.#layers, inode).record.verdict();
    for (const { record, source } of this.#layers) {
      const verdict = await record.verdict();
      if (verdict.state === "sound") continue;
      if (verdict.state === "none") return verdict;
      return { ...verdict, why: `of ${source.shownName}, ${verdict.why}` };
    }
    return { state: "sound" };
  }

  async load(): Promise<void> {
    for (const { record } of this.#layers) await record.load();
  }

  async prepare(inode: InodeNumber): Promise<void> {
    const layer = layerOf(this.#layers, inode);
    await layer.record.prepare(inLayer(layer, inode));
  }

  digestOf(inode: InodeNumber): Uint8Array | undefined {
    const layer = layerOf(this.#layers, inode);
    return layer.record.digestOf(inLayer(layer, inode));
  }

  isOther(inode: InodeNumber, table: Uint8Array, at: number): boolean {
    const layer = layerOf(this.#layers, inode);
    return layer.record.isOther(inLayer(layer, inode), table, at);
  }
}

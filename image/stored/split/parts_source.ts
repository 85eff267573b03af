/**
 * The parts of a file as one source.
 * @module
 */

import type { HostBlockSource, Traffic } from "../../../host/block_source/block_source.ts";
import { closedError } from "../../../host/block_source/file_source.ts";
import { OtherSizeError } from "../../../host/block_source/other_size_error.ts";
import { hasCode } from "../../../host/libc/errno.ts";
import type { PartManifest } from "../../../pipeline/part_manifest.ts";
import type { StoredDamageError } from "../stored_damage_error.ts";
import { cutPart, faultOf, missingPart, type PartExtent } from "./part_damage.ts";
import { MISSING_CODES, type PartFolder } from "./part_folder.ts";

/** A part, and how it is opened. */
export interface PartPlace {
  readonly name: string;
  /** What it has to have. */
  readonly sizeBytes: number;
  /** What is wrong with it, where that was found beforehand: what of it is not there fails. */
  readonly fault?: { readonly error: StoredDamageError; readonly presentBytes: number };
  /** Opens it; of a server nothing is asked for yet. @throws EnvironmentError */
  open(): HostBlockSource | Promise<HostBlockSource>;
}

/** What was cut. */
export interface SplitFile {
  /** Its name. */
  readonly whole: string;
  /** Where there is one. */
  readonly manifest?: PartManifest;
  /** What that is called in messages. */
  readonly shownManifest?: string;
}

/** Of this machine no more are kept open. */
const MOST_OPEN = 64;

/** A piece of a read that lies in one part. */
interface Piece {
  readonly index: number;
  readonly offsetBytes: number;
  readonly into: Uint8Array;
}

/** Opened when they are read for the first time; those of a server stay open. */
export class PartsSource implements HostBlockSource {
  readonly sizeBytes: number;
  readonly isLocal: boolean;
  readonly stored: { readonly layer: string; readonly source: HostBlockSource };
  readonly #starts: number[] = [];
  readonly #open = new Map<number, HostBlockSource | Promise<HostBlockSource>>();
  readonly #named: HostBlockSource;
  #isClosed = false;

  /**
   * @param about What is known of the whole.
   * @param folder Where they lie; it is closed with this.
   * @param named What the user named, which is closed with this, and which part that is.
   */
  constructor(
    readonly about: SplitFile,
    readonly parts: readonly PartPlace[],
    private readonly folder: PartFolder,
    named: { readonly named: HostBlockSource; readonly index?: number },
  ) {
    let start = 0;
    for (const { sizeBytes } of parts) {
      this.#starts.push(start);
      start += sizeBytes;
    }
    this.sizeBytes = start;
    this.#named = named.named;
    this.isLocal = this.#named.isLocal;
    this.stored = { layer: "split", source: this.#named };
    const { index } = named;
    if (index !== undefined && parts[index]!.sizeBytes === this.#named.sizeBytes) {
      this.#open.set(index, this.#named);
    }
  }

  get shownName(): string {
    return this.#named.shownName;
  }

  get traffic(): Traffic | undefined {
    if (this.isLocal) return undefined;
    let [countRequests, countBytes] = [this.folder.countMissed, 0];
    for (const { traffic } of new Set([this.#named, ...this.folder.opened])) {
      countRequests += traffic?.countRequests ?? 0;
      countBytes += traffic?.countBytes ?? 0;
    }
    return { countRequests, countBytes };
  }

  /** What is missing or cut; parts on a server are asked for, each with a request. */
  async faults(): Promise<StoredDamageError[]> {
    const faults: StoredDamageError[] = [];
    for (const [index, { name, sizeBytes, fault }] of this.parts.entries()) {
      const actual = this.isLocal || this.#open.has(index)
        ? sizeBytes
        : await this.folder.sizeOf(name);
      if (fault !== undefined) faults.push(fault.error);
      else if (actual !== sizeBytes) {
        faults.push(faultOf(this.#extentOf(index), actual, this.shownName).error);
      }
    }
    return faults;
  }

  read(offsetBytes: number, into: Uint8Array): Promise<void> | void {
    if (this.#isClosed) throw closedError(this.shownName);
    const waiting: Promise<void>[] = [];
    for (const piece of this.#piecesOf(offsetBytes, into)) {
      const reading = this.#readPiece(piece);
      if (reading !== undefined) waiting.push(reading);
    }
    if (waiting.length === 1) return waiting[0];
    if (waiting.length > 1) return Promise.all(waiting).then(() => {});
  }

  close(): void {
    this.#isClosed = true;
    for (const source of this.#open.values()) closeAny(source);
    this.#open.clear();
    this.#named.close();
    this.folder.close();
  }

  *#piecesOf(offsetBytes: number, into: Uint8Array): Generator<Piece> {
    let index = this.#indexAt(offsetBytes);
    for (let done = 0; done < into.length; index++) {
      const offset = offsetBytes + done - this.#starts[index]!;
      const piece = into.subarray(done, done + this.parts[index]!.sizeBytes - offset);
      if (piece.length > 0) yield { index, offsetBytes: offset, into: piece };
      done += piece.length;
    }
  }

  /** The part that holds a byte, by halving. */
  #indexAt(offsetBytes: number): number {
    let [low, high] = [0, this.parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offsetBytes) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #readPiece({ index, offsetBytes, into }: Piece): Promise<void> | void {
    const { fault } = this.parts[index]!;
    if (fault !== undefined && offsetBytes + into.length > fault.presentBytes) throw fault.error;
    try {
      const source = this.#sourceOf(index);
      if (source instanceof Promise) return this.#readLater(index, source, offsetBytes, into);
      const reading = source.read(offsetBytes, into);
      if (reading instanceof Promise) {
        return reading.catch((error) => Promise.reject(this.#damageOf(index, error)));
      }
    } catch (error) {
      throw this.#damageOf(index, error);
    }
  }

  async #readLater(
    index: number,
    opening: Promise<HostBlockSource>,
    offsetBytes: number,
    into: Uint8Array,
  ): Promise<void> {
    try {
      await (await opening).read(offsetBytes, into);
    } catch (error) {
      throw this.#damageOf(index, error);
    }
  }

  #sourceOf(index: number): HostBlockSource | Promise<HostBlockSource> {
    const known = this.#open.get(index);
    if (known !== undefined) return known;
    if (this.isLocal && this.#open.size >= MOST_OPEN) this.#closeOne();
    const opened = this.parts[index]!.open();
    this.#open.set(index, opened);
    if (opened instanceof Promise) {
      opened.then((source) => {
        if (this.#isClosed) source.close();
        else this.#open.set(index, source);
      }, () => this.#open.delete(index));
    }
    return opened;
  }

  /** The one that was opened first; what the user named stays. */
  #closeOne(): void {
    for (const [index, source] of this.#open) {
      if (source === this.#named) continue;
      this.#open.delete(index);
      closeAny(source);
      return;
    }
  }

  #damageOf(index: number, error: unknown): unknown {
    const part = this.#extentOf(index);
    if (hasCode(error, ...MISSING_CODES)) return missingPart(this.shownName, part);
    return error instanceof OtherSizeError ? cutPart(this.shownName, part, error.has) : error;
  }

  #extentOf(index: number): PartExtent {
    const { name, sizeBytes } = this.parts[index]!;
    return { name, index, startBytes: this.#starts[index]!, sizeBytes };
  }
}

function closeAny(source: HostBlockSource | Promise<HostBlockSource>): void {
  if (source instanceof Promise) source.then((opened) => opened.close(), () => {});
  else source.close();
}

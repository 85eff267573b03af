/**
 * The names of a tree in a file, each a few bytes, in the order in which a plan cuts them: a folder
 * right before what it holds.
 *
 * A record: type and whether it has further names, depth, length of the name, the name, a stamp of
 * 8 bytes that changes with the metadata, and the bytes of its data.
 * @module
 */

/** What a name is. */
export const NAME_TYPES = { file: 0, folder: 1, link: 2, other: 3 } as const;

/** A name as a scan finds it; the fields are overwritten by the next one. */
export interface FoundName {
  /** 0 is the root, which has no name. */
  depth: number;
  /** Without a final NUL; a view. */
  name: Uint8Array;
  type: number;
  /** Whether the inode has further names. */
  isLinked: boolean;
  /** Of a file: what lies in it, without holes. */
  dataBytes: number;
  stampLow: number;
  stampHigh: number;
}

const LINKED = 0x80;
/** Head, depth, length, stamp, size. */
const FIXED_BYTES = 1 + 4 + 1 + 8 + 8;
const BUFFER_BYTES = 1 << 20;
const MOST_RECORD_BYTES = FIXED_BYTES + 255;

/** Where records go. */
export interface BytesSink {
  write(bytes: Uint8Array, at: number): void;
}

/** Where they come from. */
export interface BytesSource {
  read(into: Uint8Array, at: number): number;
}

/** Writes names one after the other. */
export class NamesWriter {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #used = 0;
  #written = 0;

  constructor(private readonly sink: BytesSink) {}

  /** Bytes of all records so far. */
  get sizeBytes(): number {
    return this.#written + this.#used;
  }

  add({ depth, name, type, isLinked, dataBytes, stampLow, stampHigh }: FoundName): void {
    if (this.#used + MOST_RECORD_BYTES > BUFFER_BYTES) this.flush();
    const view = this.#view;
    let at = this.#used;
    this.#buffer[at++] = type | (isLinked ? LINKED : 0);
    view.setUint32(at, depth, true);
    this.#buffer[at += 4] = name.length;
    at++;
    for (let i = 0; i < name.length; i++) this.#buffer[at++] = name[i]!;
    view.setUint32(at, stampLow, true);
    view.setUint32(at + 4, stampHigh, true);
    view.setFloat64(at + 8, dataBytes, true);
    this.#used = at + 16;
  }

  flush(): void {
    this.sink.write(this.#buffer.subarray(0, this.#used), this.#written);
    this.#written += this.#used;
    this.#used = 0;
  }
}

/** Reads names one after the other into the same object. */
export class NamesReader implements FoundName {
  depth = 0;
  name: Uint8Array = new Uint8Array();
  type = 0;
  isLinked = false;
  dataBytes = 0;
  stampLow = 0;
  stampHigh = 0;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #start = 0;
  #filled = 0;
  #bufferAt: number;

  /** @param end Where the last record ends. */
  constructor(private readonly source: BytesSource, start: number, private readonly end: number) {
    this.#bufferAt = start;
  }

  /** Where the next record begins. */
  get position(): number {
    return this.#bufferAt + this.#start;
  }

  /** Goes to the next name. @returns false behind the last one */
  next(): boolean {
    if (this.position >= this.end) return false;
    if (this.#filled - this.#start < MOST_RECORD_BYTES) this.#fill();
    const buffer = this.#buffer;
    let at = this.#start;
    const head = buffer[at]!;
    this.type = head & ~LINKED;
    this.isLinked = (head & LINKED) !== 0;
    this.depth = this.#view.getUint32(at + 1, true);
    const length = buffer[at + 5]!;
    this.name = buffer.subarray(at + 6, at + 6 + length);
    at += 6 + length;
    this.stampLow = this.#view.getUint32(at, true);
    this.stampHigh = this.#view.getUint32(at + 4, true);
    this.dataBytes = this.#view.getFloat64(at + 8, true);
    this.#start = at + 16;
    if (this.#start > this.#filled) throw new RangeError("the list of names is cut short");
    return true;
  }

  #fill(): void {
    const rest = this.#filled - this.#start;
    this.#buffer.copyWithin(0, this.#start, this.#filled);
    this.#bufferAt += this.#start;
    this.#start = 0;
    this.#filled = rest + this.source.read(this.#buffer.subarray(rest), this.#bufferAt + rest);
  }
}

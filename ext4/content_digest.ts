/**
 * The digest of one file's contents, by the rule that the record follows.
 *
 * Without long holes it is the SHA-256 of all bytes of the file, as `sha256sum` prints it. With long
 * holes it is the SHA-256 of: {@linkcode HOLES_PREFIX}; the bytes of all data in order; for each
 * stretch of data its offset and its length; the number of stretches; the file's size. All numbers
 * have 64 bits, little-endian; stretches are whole blocks, cut at the file's end, and do not touch.
 * @module
 */

/** What a digest is made with; after `finishInto` it begins anew. */
export interface DigestMaker {
  /** Adds bytes. */
  update(bytes: Uint8Array): void;
  /** Writes the digest of what was added to `target` at `at`. */
  finishInto(target: Uint8Array, at: number): void;
}

/** What the digest of a file with long holes begins with. */
export const HOLES_PREFIX = new TextEncoder().encode("icecore holes\0");

const ZEROS = new Uint8Array(65_536);

/** Takes the data of one file after the other. */
export class ContentDigest {
  #sizeBytes = 0;
  #hasLongHoles = false;
  /** Where the data that was added ends. */
  #endBytes = 0;
  /** Offset and length of each stretch of data; only with long holes. */
  #stretches: number[] = [];

  constructor(private readonly maker: DigestMaker) {}

  /** @param hasLongHoles what `hasLongHoles` of `record.ts` says of the file */
  begin(sizeBytes: number, hasLongHoles: boolean): void {
    this.#sizeBytes = sizeBytes;
    this.#hasLongHoles = hasLongHoles;
    this.#endBytes = 0;
    if (!hasLongHoles) return;
    this.#stretches = [];
    this.maker.update(HOLES_PREFIX);
  }

  /** Adds data, in ascending order; what lies between is a hole. */
  add(data: Uint8Array, offsetBytes: number): void {
    if (data.length === 0) return;
    if (this.#hasLongHoles) this.#addStretch(offsetBytes, data.length);
    else this.#addZeros(offsetBytes - this.#endBytes);
    this.maker.update(data);
    this.#endBytes = offsetBytes + data.length;
  }

  /** Ends the file. */
  finishInto(target: Uint8Array, at: number): void {
    if (this.#hasLongHoles) {
      const stretches = this.#stretches;
      const numbers = [...stretches, stretches.length / 2, this.#sizeBytes];
      this.maker.update(new Uint8Array(BigUint64Array.from(numbers, BigInt).buffer));
    } else {
      this.#addZeros(this.#sizeBytes - this.#endBytes);
    }
    this.maker.finishInto(target, at);
  }

  #addStretch(offsetBytes: number, lengthBytes: number): void {
    const stretches = this.#stretches;
    if (stretches.length > 0 && offsetBytes === this.#endBytes) {
      stretches[stretches.length - 1]! += lengthBytes;
    } else {
      stretches.push(offsetBytes, lengthBytes);
    }
  }

  #addZeros(lengthBytes: number): void {
    for (let left = lengthBytes; left > 0; left -= ZEROS.length) {
      this.maker.update(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS);
    }
  }
}

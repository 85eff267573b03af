/**
 * The data types of SSH.
 *
 * Format: RFC 4251, section 5
 * @module
 */

/** Reads one value after the other. @throws RangeError behind the end. */
export class SshReader {
  readonly #view: DataView;
  #at = 0;

  constructor(private readonly all: Uint8Array) {
    this.#view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  }

  number(): number {
    const value = this.#view.getUint32(this.#at);
    this.#at += 4;
    return value;
  }

  bytes(): Uint8Array {
    const size = this.number();
    if (this.#at + size > this.all.length) throw new RangeError("it ends too soon");
    const bytes = this.all.subarray(this.#at, this.#at + size);
    this.#at += size;
    return bytes;
  }

  text(): string {
    return new TextDecoder("latin1").decode(this.bytes());
  }

  /** An integer that is not negative. */
  integer(): bigint {
    const hex = Array.from(this.bytes(), (byte) => byte.toString(16).padStart(2, "0")).join("");
    return BigInt(`0x${hex || "0"}`);
  }
}

/**
 * Keys of many names, back to back: a string for each would be most of what a long folder takes.
 * @module
 */

import { Column } from "./column.ts";
import { naturalKey } from "./sort_order.ts";

const [ZERO, NINE] = [0x30, 0x39];
const [UPPER_A, UPPER_Z] = [0x41, 0x5a];
/** Longer numbers have a count of digits that is more than one byte. */
const MOST_DIGITS = 0x7f - ZERO;

/** What `naturalKey` makes of each name, as UTF-8; names are numbered from 0 on. */
export class NaturalKeys {
  readonly #bytes = new Column(Uint8Array);
  readonly #ends = new Column(Uint32Array);

  /** Adds a name. */
  add(name: Uint8Array): void {
    if (!this.#addPlain(name)) this.#bytes.append(encoder.encode(naturalKey(decoder.decode(name))));
    this.#ends.push(this.#bytes.length);
  }

  /** Orders two names; 0 where people see no difference. */
  compare(a: number, b: number): number {
    const startA = a === 0 ? 0 : this.#ends.at(a - 1);
    const startB = b === 0 ? 0 : this.#ends.at(b - 1);
    const lengthA = this.#ends.at(a) - startA;
    const lengthB = this.#ends.at(b) - startB;
    const shorter = Math.min(lengthA, lengthB);
    for (let i = 0; i < shorter; i++) {
      const difference = this.#bytes.at(startA + i) - this.#bytes.at(startB + i);
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  /** Most names are ASCII. @returns false, and adds nothing, where this one is more */
  #addPlain(name: Uint8Array): boolean {
    for (let i = 0; i < name.length; i++) if (name[i]! >= 0x80) return false;
    for (let i = 0; i < name.length;) {
      const byte = name[i]!;
      if (!isDigit(byte)) {
        this.#bytes.push(byte >= UPPER_A && byte <= UPPER_Z ? byte + 0x20 : byte);
        i++;
        continue;
      }
      let end = i + 1;
      while (end < name.length && isDigit(name[end]!)) end++;
      while (i < end - 1 && name[i] === ZERO) i++;
      const countDigits = end - i;
      if (countDigits <= MOST_DIGITS) this.#bytes.push(ZERO + countDigits);
      else this.#bytes.append(encoder.encode(String.fromCharCode(ZERO + countDigits)));
      for (; i < end; i++) this.#bytes.push(name[i]!);
    }
    return true;
  }
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

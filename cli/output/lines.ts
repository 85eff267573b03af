/**
 * Many lines on stdout, written together.
 * @module
 */

import type { NamePlace } from "../../ext4/reader/walk/name_list.ts";
import { isPlain, printable } from "../../host/libc/paths.ts";
import { boundGarbage } from "../../host/garbage_bound.ts";
import { OutputClosedError, writeBytes } from "./output.ts";

const BATCH_CHARACTERS = 65_536;
const TEXT_CHARACTERS = 8192;
/** What the lines were made of is garbage. */
const BATCHES_A_COLLECTION = 8;
/** Most bytes that a character of a string takes in UTF-8. */
const MOST_CHARACTER_BYTES = 3;
const LAST_ASCII = 0x7f;
const encoder = new TextEncoder();

/** Collects lines; to be flushed in the end. */
export class Lines {
  #batch = new Uint8Array(BATCH_CHARACTERS);
  #length = 0;
  #countFlushed = 0;
  /** Lines that are still to be encoded, which costs much less for many together. */
  #text = "";

  /** @throws OutputClosedError when nobody reads any more. */
  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= TEXT_CHARACTERS) this.#encode();
  }

  /** Adds a name or path as `printable` shows it. */
  addName(name: Uint8Array): void {
    this.addRow("", name);
  }

  /** Adds the path of a name in a folder as `printable` shows it. @param folder without a slash at its end */
  addBelow(folder: Uint8Array, { bytes, nameAt, nameLength }: NamePlace): void {
    const nameEnd = nameAt + nameLength;
    if (!isPlain(folder) || !isPlain(bytes, nameAt, nameEnd)) {
      const path = new Uint8Array(folder.length + 1 + nameLength);
      path.set(folder);
      path[folder.length] = SLASH;
      path.set(bytes.subarray(nameAt, nameEnd), folder.length + 1);
      return this.add(printable(path));
    }
    if (this.#text !== "") this.#encode();
    this.#makeRoom(folder.length + nameLength + 2);
    this.#put(folder, 0, folder.length);
    this.#batch[this.#length++] = SLASH;
    this.#put(bytes, nameAt, nameEnd);
    this.#batch[this.#length++] = NEWLINE;
  }

  /** Adds a line that ends in a name or path as `printable` shows it. */
  addRow(front: string, name: Uint8Array): void {
    if (!isPlain(name)) return this.add(front + printable(name));
    if (this.#text !== "") this.#encode();
    this.#makeRoom(MOST_CHARACTER_BYTES * front.length + name.length + 1);
    this.#addFront(front);
    this.#batch.set(name, this.#length);
    this.#length += name.length;
    this.#batch[this.#length++] = NEWLINE;
  }

  /** Writes what was collected. @throws OutputClosedError when nobody reads any more. */
  flush(): void {
    if (this.#text !== "") this.#encode();
    this.#write();
  }

  /** Byte by byte: names are short, and a view of one takes longer. */
  #put(bytes: Uint8Array, start: number, end: number): void {
    const batch = this.#batch;
    let length = this.#length;
    for (let i = start; i < end; i++) batch[length++] = bytes[i]!;
    this.#length = length;
  }

  /** Columns of a row are short, and ASCII: character by character takes less than a call. */
  #addFront(front: string): void {
    const [batch, start] = [this.#batch, this.#length];
    for (let i = 0; i < front.length; i++) {
      const code = front.charCodeAt(i);
      if (code > LAST_ASCII) {
        this.#length += encoder.encodeInto(front, batch.subarray(start)).written;
        return;
      }
      batch[start + i] = code;
    }
    this.#length += front.length;
  }

  #encode(): void {
    const text = this.#text;
    this.#text = "";
    this.#makeRoom(MOST_CHARACTER_BYTES * text.length);
    this.#length += encoder.encodeInto(text, this.#batch.subarray(this.#length)).written;
  }

  #write(): void {
    const length = this.#length;
    this.#length = 0;
    if (!writeBytes(1, this.#batch.subarray(0, length))) throw new OutputClosedError();
  }

  #makeRoom(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#batch.length) return;
    this.#write();
    if (++this.#countFlushed % BATCHES_A_COLLECTION === 0) boundGarbage();
    if (sizeBytes > this.#batch.length) this.#batch = new Uint8Array(2 * sizeBytes);
  }
}

/** The same for lines of any bytes. */
export class ByteLines {
  #batch = new Uint8Array(BATCH_CHARACTERS);
  #length = 0;

  /** @throws OutputClosedError when nobody reads any more. */
  add(line: Uint8Array): void {
    if (this.#length + line.length >= this.#batch.length) this.flush();
    if (line.length >= this.#batch.length) this.#batch = new Uint8Array(2 * line.length);
    this.#batch.set(line, this.#length);
    this.#length += line.length;
    this.#batch[this.#length++] = NEWLINE;
  }

  /** Writes what was collected. @throws OutputClosedError when nobody reads any more. */
  flush(): void {
    const length = this.#length;
    this.#length = 0;
    if (!writeBytes(1, this.#batch.subarray(0, length))) throw new OutputClosedError();
  }
}

const NEWLINE = 0x0a;
const SLASH = 0x2f;

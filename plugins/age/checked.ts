/**
 * Whether what an engine makes is an age file of what it was given, as far as that shows without the
 * key: otherwise a program that only copies would publish what is to be secret.
 *
 * Format: https://age-encryption.org/v1
 * @module
 */

import { EnvironmentError } from "../../mod.ts";

type Transform = ReadableWritablePair<Uint8Array, Uint8Array>;

const VERSION_LINE = "age-encryption.org/v1\n";
const HEADER = new RegExp(
  `^${VERSION_LINE}` +
    "(?:-> [!-~]+(?: [!-~]+)*\\n(?:[A-Za-z0-9+/]{64}\\n)*[A-Za-z0-9+/]{0,63}\\n)+" +
    "--- [A-Za-z0-9+/]{43}\\n$",
);
const LAST_LINE = /\n--- [^\n]*\n/;
/** Longer than the header for any list of recipients that anybody keeps. */
const MOST_HEADER_BYTES = 2 ** 24;
const NONCE_BYTES = 16;
const CHUNK_BYTES = 65_536;
const TAG_BYTES = 16;
const NOTHING = new Uint8Array(0);

/** What follows the header of an age file of so many bytes: a nonce, and chunks with their tags. */
function bodyBytes(plainBytes: number): number {
  const countChunks = Math.max(1, Math.ceil(plainBytes / CHUNK_BYTES));
  return NONCE_BYTES + plainBytes + countChunks * TAG_BYTES;
}

/** How much of what is wrong is read, to learn how a program that made it ends. */
const MOST_WRONG_BYTES = 2 ** 20;

/**
 * The transform, which fails when what comes out is not an age file of what went in. Nothing comes out
 * before there is a whole header, and nothing behind what is wrong.
 *
 * @param by Who encrypts, e.g. `the program /usr/bin/age`.
 */
export function checked(by: string, transform: Transform): Transform {
  let plainBytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, out) {
      plainBytes += bytes.length;
      out.enqueue(bytes);
    },
  });
  const made = new MadeFile(by);
  const checking = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, out) {
      const sound = made.add(bytes, plainBytes);
      if (sound.length > 0) out.enqueue(sound);
    },
    flush: () => made.end(plainBytes),
  });
  const readable = counting.readable.pipeThrough(transform).pipeThrough(checking);
  return { readable, writable: counting.writable };
}

/** An age file as it comes. */
class MadeFile {
  #header: Uint8Array = new Uint8Array(0);
  #isHeaderWhole = false;
  #bodyBytes = 0;
  #wrongBytes = 0;
  /** What is wrong with it. Not thrown at once: a program that fails says itself why. */
  #fault: string | undefined;

  constructor(private readonly by: string) {}

  /** @returns What may be handed on. */
  add(bytes: Uint8Array, plainBytes: number): Uint8Array {
    const whole = this.#isHeaderWhole ? bytes : this.#addToHeader(bytes);
    this.#bodyBytes += this.#isHeaderWhole ? bytes.length : 0;
    if (this.#bodyBytes > bodyBytes(plainBytes)) this.#fault ??= this.#otherSize(plainBytes);
    if (this.#fault === undefined) return whole;
    this.#wrongBytes += bytes.length;
    if (this.#wrongBytes > MOST_WRONG_BYTES) throw this.#error(this.#fault);
    return NOTHING;
  }

  end(plainBytes: number): void {
    const fault = this.#fault ?? this.#faultAtEnd(plainBytes);
    if (fault !== undefined) throw this.#error(fault);
  }

  #faultAtEnd(plainBytes: number): string | undefined {
    if (this.#header.length === 0) return "it is empty";
    if (!this.#isHeaderWhole) return "it ends within its header";
    return this.#bodyBytes === bodyBytes(plainBytes) ? undefined : this.#otherSize(plainBytes);
  }

  /** @returns All that has come, once the header is whole. */
  #addToHeader(bytes: Uint8Array): Uint8Array {
    if (this.#fault !== undefined) return NOTHING;
    const begun = this.#header;
    const whole = new Uint8Array(begun.length + bytes.length);
    whole.set(begun);
    whole.set(bytes, begun.length);
    this.#header = whole;
    const headerBytes = this.#headerBytes();
    if (headerBytes === undefined) return NOTHING;
    this.#isHeaderWhole = true;
    // Of these bytes some belong to the header.
    this.#bodyBytes = begun.length - headerBytes;
    return whole;
  }

  /** @returns The size of the header; `undefined` while it is not complete. */
  #headerBytes(): number | undefined {
    const text = new TextDecoder("latin1").decode(this.#header);
    if (!VERSION_LINE.startsWith(text.slice(0, VERSION_LINE.length))) {
      this.#fault = `it does not begin with ${VERSION_LINE.trim()}`;
    }
    const last = LAST_LINE.exec(text);
    if (last === null && text.length <= MOST_HEADER_BYTES) return undefined;
    const sizeBytes = (last?.index ?? 0) + (last?.[0].length ?? 0);
    if (!HEADER.test(text.slice(0, sizeBytes))) this.#fault ??= "its header is malformed";
    return this.#fault === undefined ? sizeBytes : undefined;
  }

  #otherSize(plainBytes: number): string {
    return `${plainBytes} bytes were to be encrypted, which makes ${
      bodyBytes(plainBytes)
    } behind ` +
      `the header, and it has ${this.#bodyBytes}`;
  }

  #error(why: string): EnvironmentError {
    return new EnvironmentError(
      `cannot rely on ${this.by}: what it made is not the age file that it should be: ${why}. ` +
        "Reinstall it, or choose the other one with age.engine.",
      "wrong-output",
    );
  }
}

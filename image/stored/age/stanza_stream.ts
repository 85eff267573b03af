/**
 * Stanzas of age as a program sends and receives them.
 *
 * Format: https://c2sp.org/age-plugin
 * @module
 */

import type { Stanza } from "./identity.ts";

const LINE_CHARACTERS = 64;
/** A program that sends more without the end of a line is not one of these. */
const MOST_LINE_CHARACTERS = 1 << 16;
const MOST_BODY_CHARACTERS = 1 << 20;

/** A stanza as it is sent. */
export function encodeStanza({ args, body }: Stanza): Uint8Array<ArrayBuffer> {
  const text = base64(body);
  const lines = [`-> ${args.join(" ")}`];
  for (let at = 0; at <= text.length; at += LINE_CHARACTERS) {
    // The last line is a short one, if need be an empty one.
    lines.push(text.slice(at, at + LINE_CHARACTERS));
  }
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replace(/=+$/, "");
}

/** Reads one stanza after the other. */
export class StanzaReader {
  readonly #pieces: ReadableStreamDefaultReader<Uint8Array>;
  #text = "";

  constructor(from: ReadableStream<Uint8Array>) {
    this.#pieces = from.getReader();
  }

  /** @returns `undefined` where nothing comes any more. */
  async next(): Promise<Stanza | undefined> {
    const first = await this.#line();
    if (first === undefined) return undefined;
    const [arrow, ...args] = first.split(" ");
    if (arrow !== "->" || args.length === 0) throw new Error("it does not keep to the protocol");
    let text = "";
    for (let line = "";; text += line) {
      const next = await this.#line();
      if (next === undefined || next.length > LINE_CHARACTERS) {
        throw new Error("it does not keep to the protocol");
      }
      line = next;
      if (text.length > MOST_BODY_CHARACTERS) throw new Error("it sends too much");
      if (line.length < LINE_CHARACTERS) return { args, body: Buffer.from(text + line, "base64") };
    }
  }

  async #line(): Promise<string | undefined> {
    while (true) {
      const end = this.#text.indexOf("\n");
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      if (this.#text.length > MOST_LINE_CHARACTERS) throw new Error("it sends too much");
      const { done, value } = await this.#pieces.read();
      if (done) return undefined;
      this.#text += new TextDecoder("latin1").decode(value);
    }
  }
}

/**
 * Files of lines, each a JSON object, whose last line has the digest of all before it, and of what else
 * it says.
 * @module
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { fileError } from "../files/file_error.ts";

/** What is wrong with a file of lines, in words that follow a colon. */
export class LinesError extends Error {}

/** A line, and how many bytes of the file it ends behind. */
export interface Line {
  readonly value: unknown;
  readonly endBytes: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true });
const NEWLINE = 0x0a;
/** A line is held in memory; one that never ends is not one of ours. */
const MOST_LINE_BYTES = 64 << 20;

/**
 * Reads a file line by line.
 *
 * @throws LinesError where it is cut short, was altered, or is not of lines of JSON; UsageError,
 * EnvironmentError where it cannot be read.
 */
export async function* readLines(path: string): AsyncGenerator<Line> {
  const digest = createHash("sha256");
  let rest: Uint8Array = new Uint8Array();
  let ended = false;
  let endBytes = 0;
  for await (const chunk of chunksOf(path)) {
    let bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      if (ended) throw new LinesError("there is more behind its last line");
      const line = bytes.subarray(0, end + 1);
      bytes = bytes.subarray(end + 1);
      endBytes += line.length;
      const value = parsed(line);
      if (isEnd(value)) {
        ended = true;
        const { digest: expected, ...rest } = value;
        digest.update(JSON.stringify(rest));
        if (expected !== digest.digest("hex")) {
          throw new LinesError("it was altered: its digest is not that of its last line");
        }
      } else digest.update(line);
      yield { value, endBytes };
    }
    if (bytes.length > MOST_LINE_BYTES) throw new LinesError("its lines never end");
    rest = bytes;
  }
  if (!ended || rest.length > 0) throw new LinesError("it is cut short: its last line is missing");
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw fileError(path, error);
  }
}

function parsed(line: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch {
    throw new LinesError("it is not made of lines of JSON");
  }
  if (typeof value !== "object" || value === null) {
    throw new LinesError("a line of it is not an object");
  }
  return value;
}

function isEnd(value: unknown): value is { readonly digest: string } {
  return (value as { type?: unknown }).type === "end";
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

const encoder = new TextEncoder();

/** Writes such a file into a stream. */
export class LinesWriter {
  readonly #digest = createHash("sha256");
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #text = "";

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = stream.getWriter();
  }

  /** Adds a line. */
  async add(value: object): Promise<void> {
    this.#text += `${JSON.stringify(value)}\n`;
    if (this.#text.length > BATCH) await this.#flush();
  }

  /** Adds the last line, with the digest, and closes the stream. @returns the digest in hex */
  async end(value: object = {}): Promise<string> {
    await this.#flush();
    const said = { type: "end", ...value };
    const digest = this.#digest.update(JSON.stringify(said)).digest("hex");
    const line = `${JSON.stringify({ ...said, digest })}\n`;
    await this.#writer.write(encoder.encode(line));
    await this.#writer.close();
    return digest;
  }

  /** Gives it up. */
  async abort(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }

  async #flush(): Promise<void> {
    if (this.#text === "") return;
    const bytes = encoder.encode(this.#text);
    this.#text = "";
    this.#digest.update(bytes);
    await this.#writer.write(bytes);
  }
}

/** Characters that are written at a time. */
const BATCH = 1 << 18;

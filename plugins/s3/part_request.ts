/**
 * Spares work on a request's body: hashing it twice, and copying it.
 * @module
 */

import { Readable } from "node:stream";
import type { PartChecksum } from "./checksum.ts";

interface Request {
  headers: Record<string, string>;
  body?: unknown;
}

/** The part of an AWS command that is used. */
interface Command {
  readonly middlewareStack: {
    add(middleware: never, options: { step: "build"; name: string }): void;
    add(middleware: never, options: { step: "deserialize"; name: string }): void;
  };
}

type Next = (args: { request: Request }) => Promise<unknown>;

/**
 * The same command, whose body is this part: the signature is made of the SHA-256 that is known,
 * and the body is not joined with what comes before and behind it.
 */
export function asPart<C extends Command>(
  command: C,
  { bytes, hex }: PartChecksum,
  { takesStreams }: { readonly takesStreams: boolean },
): C {
  const withHash = (next: Next) => (args: { request: Request }) => {
    args.request.headers["x-amz-content-sha256"] = hex;
    return next(args);
  };
  const withBody = (next: Next) => (args: { request: Request }) => {
    const { request } = args;
    // A copy: the client warns of a stream in its own, because it could not be sent again.
    const sent: Request = Object.assign(Object.create(Object.getPrototypeOf(request)), request);
    sent.body = new WholeBody(bytes);
    return next({ ...args, request: sent });
  };
  command.middlewareStack.add(withHash as never, { step: "build", name: "knownHash" });
  if (!takesStreams) return command;
  command.middlewareStack.add(withBody as never, { step: "deserialize", name: "wholeBody" });
  return command;
}

/**
 * A body that the AWS client pipes into its request. It would end the request with bytes, and some
 * runtimes then copy all of them; what is written before the end they leave where it is. A pipe
 * that goes on later is not a way out: some runtimes do not notice then that the connection broke.
 */
class WholeBody extends Readable {
  constructor(private readonly bytes: Uint8Array) {
    super();
  }

  override pipe<T extends NodeJS.WritableStream>(request: T): T {
    request.write(this.bytes);
    request.end();
    return request;
  }
}

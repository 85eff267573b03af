/**
 * Spares hashing a body twice: its SHA-256 is known, and the signature is made of it.
 * @module
 */

/** The part of an AWS command that is used. */
interface Command {
  readonly middlewareStack: {
    add(middleware: never, options: { step: "build"; name: string }): void;
  };
}

type Next = (request: unknown) => Promise<unknown>;

/** The same command, its body's SHA-256 told. @param hex Of the body. */
export function withHash<C extends Command>(command: C, hex: string): C {
  const middleware = (next: Next) => (args: { request: { headers: Record<string, string> } }) => {
    args.request.headers["x-amz-content-sha256"] = hex;
    return next(args);
  };
  command.middlewareStack.add(middleware as never, { step: "build", name: "knownHash" });
  return command;
}

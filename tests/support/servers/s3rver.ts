/**
 * `s3rver`, a real S3 server on loopback. The package has no types.
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/** A request in the middle of the server: what of Koa's context is used. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly req: IncomingMessage & { readonly socket: Socket };
  respond?: boolean;
  status: number;
  body: unknown;
  get(header: string): string;
  set(header: string, value: string): void;
}

/** Looks at a request before the server does, or instead of it. */
export type Middleware = (request: Request, next: () => Promise<void>) => unknown;

/** A server. */
export interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  readonly middleware: Middleware[];
  readonly httpServer: { closeAllConnections(): void };
}

/** The only credentials it takes, as environment variables. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" };

/** A server with one bucket, `vault`, kept in a folder that exists; `run` starts it on any port. */
export async function makeS3rver(directory: string): Promise<S3rver> {
  const { default: S3rver } = await import("s3rver") as unknown as {
    default: new (options: Record<string, unknown>) => S3rver;
  };
  return new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    vhostBuckets: false,
    directory,
    configureBuckets: [{ name: "vault" }],
  });
}

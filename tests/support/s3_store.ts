/**
 * A real S3 server on loopback, `s3rver`, and its environment variables.
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import process from "node:process";
import type { AddressInfo } from "node:net";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../../host/block_source/s3_server.ts";

/** The part of `s3rver` that is used; the package has no types. */
interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
  middleware: ((context: { readonly method: string }, next: () => Promise<void>) => unknown)[];
}
interface S3rverConstructor {
  new (options: Record<string, unknown>): S3rver;
}

/** A store with one bucket, `vault`. */
export interface S3Store extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** GET requests so far. */
  readonly countReads: number;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Starts a store and sets the environment of this process; `await using` undoes both. */
export async function s3Store(): Promise<S3Store> {
  const { default: S3rver } = await import("s3rver") as unknown as { default: S3rverConstructor };
  const folder = await mkdtemp(`${tmpdir()}/icecore-s3-`);
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: "vault" }],
  });
  let countReads = 0;
  server.middleware.unshift((context, next) => {
    if (context.method === "GET") countReads++;
    return next();
  });
  const { port } = await server.run();
  const environment = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "S3RVER",
    AWS_SECRET_ACCESS_KEY: "S3RVER",
  };
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  const client = new S3Client(clientConfig(environment));
  return {
    environment,
    get countReads() {
      return countReads;
    },
    async put(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket: "vault", Key: key, Body: bytes }));
    },
    async [Symbol.asyncDispose]() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      client.destroy();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

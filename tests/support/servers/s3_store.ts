/**
 * A store that images are read from: `s3rver`, and the environment variables that lead to it.
 * @module
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { clientConfig } from "../../../host/block_source/s3_server.ts";
import { setEnvironment } from "../programs/environment.ts";
import { CREDENTIALS, makeS3rver } from "./s3rver.ts";

/** A store with one bucket, `vault`. */
export interface S3Store extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  /** GET requests so far. */
  readonly countReads: number;
  put(key: string, bytes: Uint8Array): Promise<void>;
}

/** Starts a store and sets the environment of this process; `await using` undoes both. */
export async function s3Store(): Promise<S3Store> {
  const folder = await mkdtemp(`${tmpdir()}/icecore-s3-`);
  const server = await makeS3rver(folder);
  let countReads = 0;
  server.middleware.unshift((request, next) => {
    if (request.method === "GET") countReads++;
    return next();
  });
  const { port } = await server.run();
  const environment = { ...CREDENTIALS, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` };
  const changed = setEnvironment(environment);
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
      changed[Symbol.dispose]();
      client.destroy();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

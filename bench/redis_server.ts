/**
 * Debian's redis-server on a free port of loopback, for benchmarks and tests: started by them, and
 * ended.
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { Redis, type RedisOptions } from "ioredis";

/** A server that can be ended and started again at the same address. */
export interface TestRedis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Ends it as `kill -9` does; its data stays. */
  kill(): Promise<void>;
  /** Starts it again. @param withData Whether it has its data yet. */
  start(withData: boolean): Promise<void>;
}

/** How it is started. */
export interface TestRedisOptions {
  readonly password?: string;
  /** Speaks TLS only. */
  readonly certificates?: {
    /** Files in PEM: the authority's own certificate, the server's, and its key. */
    readonly authority: string;
    readonly certPath: string;
    readonly keyPath: string;
  };
  /** Where it listens beside 127.0.0.1. */
  readonly addresses?: readonly string[];
}

/** Starts one. @param folder An empty folder for its data. */
export async function startRedis(
  folder: string,
  options: TestRedisOptions = {},
): Promise<TestRedis> {
  const { password, certificates, addresses = [] } = options;
  const host = "127.0.0.1";
  const port = await freePort();
  const isTls = certificates !== undefined;
  let server: ChildProcess | undefined;
  const connection: RedisOptions = {
    host,
    port,
    lazyConnect: true,
    ...password === undefined ? {} : { password },
    ...isTls ? { tls: { rejectUnauthorized: false } } : {},
    retryStrategy: () => 50,
    maxRetriesPerRequest: 400,
  };
  const kill = async () => {
    const ended = server;
    server = undefined;
    if (ended === undefined || ended.exitCode !== null) return;
    const exit = new Promise((resolve) => ended.once("exit", resolve));
    ended.kill("SIGKILL");
    await exit;
  };
  const start = async (withData: boolean) => {
    await kill();
    if (!withData) {
      rmSync(`${folder}/appendonlydir`, { recursive: true, force: true });
    }
    const ports = isTls
      ? [
        ...["--port", "0", "--tls-port", `${port}`, "--tls-auth-clients", "no"],
        ...["--tls-cert-file", certificates.certPath, "--tls-key-file", certificates.keyPath],
        ...["--tls-ca-cert-file", certificates.authority],
      ]
      : ["--port", `${port}`];
    server = spawn("redis-server", [
      ...ports,
      ...[
        "--bind",
        host,
        ...addresses,
        "--protected-mode",
        "no",
        "--dir",
        folder,
        "--save",
        "",
        "--appendonly",
        "yes",
      ],
      ...["--appendfsync", "always"],
      ...password === undefined ? [] : ["--requirepass", password],
    ], { stdio: "ignore" });
    const redis = new Redis(connection);
    redis.on("error", () => {});
    await redis.connect().catch(() => {});
    await redis.ping();
    redis.disconnect();
  };
  await start(true);
  return {
    url: `redis${isTls ? "s" : ""}://${host}:${port}`,
    port,
    kill,
    start,
    [Symbol.asyncDispose]: kill,
  };
}

function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer();
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
  return promise;
}

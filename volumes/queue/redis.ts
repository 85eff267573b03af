/**
 * The connection to Redis.
 * @module
 */

import { Redis, type RedisOptions } from "ioredis";
import { isIP } from "node:net";
import { setTimeout } from "node:timers";
import { shownLocation } from "../../host/block_source/location.ts";
import { EnvironmentError } from "../../host/environment_error.ts";
import { messageOf, UsageError } from "../../pipeline/build_errors.ts";

/** A Redis, and what lets us in. */
export interface RedisPlace {
  /** `redis://HOST:PORT/DB`, or `rediss://…` with TLS; a name and a password may be in it. */
  readonly url: string;
  /** Instead of one in the URL. */
  readonly password?: string | undefined;
}

/** How long the first answer may take. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 3000;

/**
 * Connects. A connection that was there once is tried again for ever, and what is asked of it waits.
 *
 * @param onLost Receives why it was lost, once until it is there again.
 * @throws UsageError `bad-redis`; EnvironmentError `redis-unreachable`, `redis-refused`
 */
export async function connectRedis(
  place: RedisPlace,
  { onLost = () => {}, onBack = () => {} }: {
    onLost?: (why: string) => void;
    onBack?: () => void;
  } = {},
): Promise<Redis> {
  let last: unknown;
  let wasReady = false;
  let isLost = false;
  const redis = new Redis({
    ...redisOptions(place),
    lazyConnect: true,
    // What BullMQ asks for: a command waits until the connection is back.
    maxRetriesPerRequest: null,
    connectTimeout: PATIENCE_MS,
    retryStrategy: (times) => wasReady ? Math.min(times * 100, LONGEST_PAUSE_MS) : null,
  });
  redis.on("error", (error: unknown) => last = error);
  redis.on("close", () => {
    if (!wasReady || isLost) return;
    isLost = true;
    onLost(last === undefined ? "it closed the connection" : messageOf(last));
  });
  redis.on("ready", () => {
    if (isLost) onBack();
    [isLost, last] = [false, undefined];
  });
  try {
    await within(PATIENCE_MS, redis.connect().then(() => redis.ping()));
    wasReady = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw notConnected(place, last ?? error);
  }
}

/** Lets go of it without a word, whatever is still asked of it. */
export function disconnectRedis(redis: Redis): void {
  redis.removeAllListeners("close");
  redis.disconnect();
}

/** What `ioredis` takes. @throws UsageError `bad-redis` */
export function redisOptions({ url, password }: RedisPlace): RedisOptions {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw badUrl(url, "it is not a URL");
  }
  const { protocol, hostname, port, pathname } = parsed;
  if (protocol !== "redis:" && protocol !== "rediss:") throw badUrl(url, "it is of another kind");
  const database = pathname.replace(/^\//, "");
  if (hostname === "" || !/^\d{0,4}$/.test(database)) throw badUrl(url, "it is not complete");
  const username = decoded(url, parsed.username);
  const secret = password ?? decoded(url, parsed.password);
  const host = hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    port: port === "" ? 6379 : Number(port),
    ...database === "" ? {} : { db: Number(database) },
    ...username === "" ? {} : { username },
    ...secret === "" ? {} : { password: secret },
    ...protocol === "rediss:" ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {},
  };
}

/** Waits no longer. @throws Error when there was no answer in time */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("it does not answer")), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function notConnected({ url }: RedisPlace, error: unknown): EnvironmentError {
  const why = messageOf(error).replace(/\.$/, "");
  const shown = shownLocation(url);
  if (/^(NOAUTH|WRONGPASS|NOPERM|ERR .*AUTH)/.test(why)) {
    return new EnvironmentError(
      `cannot use Redis at ${shown}: it wants another password (${
        why.split(" ")[0]
      }). Put it into ` +
        "ICECORE_REDIS_PASSWORD, or name a file that holds it in ICECORE_REDIS_PASSWORD_FILE.",
      "redis-refused",
      { cause: error },
    );
  }
  return new EnvironmentError(
    `cannot reach Redis at ${shown}: ${why || "it does not answer"}. Start it, or correct the URL.`,
    "redis-unreachable",
    { cause: error },
  );
}

/** A name or password in a URL. @throws UsageError `bad-redis` */
function decoded(url: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl(url, "a % in its name or password stands for nothing; write %25 for a %");
  }
}

function badUrl(url: string, why: string): UsageError {
  return new UsageError(
    `cannot use ${shownLocation(url)} as the address of Redis: ${why}. Write ` +
      "redis://HOST:6379, or rediss://HOST:6379 with TLS.",
    "bad-redis",
  );
}

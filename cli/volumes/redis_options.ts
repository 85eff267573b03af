/**
 * The Redis that holds the queue, as the commands of the queue name it.
 * @module
 */

import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { optional } from "@optique/core/modifiers";
import { option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import process from "node:process";
import { readSecretFile } from "../../host/secret_source.ts";
import { UsageError } from "../../pipeline/build_errors.ts";
import type { RedisPlace } from "../../volumes/queue/redis.ts";

/** The option, as a parser to be merged into a command's. */
export const redis = object("Redis", {
  redis: optional(option("--redis", string({ metavar: "URL" }), {
    description:
      message`Where Redis is: redis://HOST:PORT, or rediss://HOST:PORT with TLS. Its password is read from ICECORE_REDIS_PASSWORD, or the file that ICECORE_REDIS_PASSWORD_FILE names. Default: ICECORE_REDIS_URL.`,
  })),
});

/** Its value. */
export interface RedisValues {
  readonly redis: string | undefined;
}

const URL_VARIABLE = "ICECORE_REDIS_URL";
const PASSWORD_VARIABLE = "ICECORE_REDIS_PASSWORD";
const FILE_VARIABLE = "ICECORE_REDIS_PASSWORD_FILE";

/**
 * The Redis that is meant. What lets us in is taken out of the environment: no process that is
 * started later sees it.
 * @throws UsageError `no-redis`, `secret-twice`; EnvironmentError `unreadable-secret`
 */
export function redisPlace({ redis }: RedisValues): RedisPlace {
  const { [URL_VARIABLE]: inUrl, [PASSWORD_VARIABLE]: password, [FILE_VARIABLE]: file } =
    process.env;
  for (const name of [URL_VARIABLE, PASSWORD_VARIABLE, FILE_VARIABLE]) delete process.env[name];
  const url = redis ?? (inUrl || undefined);
  if (url === undefined) {
    throw new UsageError(
      "cannot find the queue: nothing says where Redis is. Name it, e.g. redis://127.0.0.1:6379, or " +
        `put that into ${URL_VARIABLE}.`,
      "no-redis",
    );
  }
  if (password && file) {
    throw new UsageError(
      `cannot choose between ${PASSWORD_VARIABLE} and ${FILE_VARIABLE}: both are set. Unset one of ` +
        "them.",
      "secret-twice",
    );
  }
  const found = file ? readSecretFile(file, FILE_VARIABLE) : password || undefined;
  return { url, ...found === undefined ? {} : { password: found } };
}

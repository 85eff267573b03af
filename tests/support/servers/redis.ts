/**
 * Debian's redis-server, for tests.
 * @module
 */

export { startRedis } from "../../../bench/redis_server.ts";

/** What it needs of the machine. */
export const REDIS: { readonly programs: readonly string[] } = { programs: ["redis-server"] };

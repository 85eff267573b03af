import assert from "node:assert/strict";
import { redisOptions } from "../../../volumes/queue/redis.ts";

Deno.test("the address of Redis is taken apart, names and passwords decoded", () => {
  const { tls, ...options } = redisOptions({ url: "rediss://a%40b:p%25w@[::1]:7000/3" });
  const expected = { host: "::1", port: 7000, db: 3, username: "a@b", password: "p%w" };
  assert.deepEqual([options, tls], [expected, {}]);
  const given = redisOptions({ url: "redis://:no@queue", password: "yes" });
  assert.deepEqual(given, { host: "queue", port: 6379, password: "yes" });
});

Deno.test("an address of Redis that cannot be meant is wrong use, and shows no password", () => {
  const secret = "s3cr%et";
  for (
    const url of [`redis://:${secret}@queue`, `http://:${secret}@queue`, `redis://:${secret}@`]
  ) {
    assert.throws(() => redisOptions({ url }), (error: Error & { code?: string }) => {
      assert.equal(error.code, "bad-redis");
      assert.ok(!error.message.includes(secret), error.message);
      return true;
    });
  }
  assert.throws(() => redisOptions({ url: "redis://queue/x" }), { code: "bad-redis" });
  assert.throws(() => redisOptions({ url: `redis://a%zz@queue` }), /write %25/);
});

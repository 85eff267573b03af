import assert from "node:assert/strict";
import { BUFFER_BYTES, makeRing, RingProducer, takeBuffers } from "../../../host/threads/ring.ts";

Deno.test("a ring gives the buffers back in the order in which they were filled", () => {
  const memory = makeRing();
  const producer = new RingProducer(memory);
  for (let i = 1; i <= 5; i++) {
    assert.ok(producer.waitForRoom(0));
    producer.buffer.fill(i, 0, i);
    producer.submit(i);
  }
  producer.end();
  const lengths = [...takeBuffers(memory)].map((buffer) => [buffer.length, buffer[0]]);
  assert.deepEqual(lengths, [[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]]);
});

Deno.test("a full ring has no room, and refuses the end as well as a buffer", () => {
  const memory = makeRing();
  const producer = new RingProducer(memory);
  while (producer.waitForRoom(0)) producer.submit(BUFFER_BYTES);
  assert.throws(() => producer.submit(1), /ring is full/);
  assert.throws(() => producer.end(), /ring is full/);
  const taken = takeBuffers(memory);
  taken.next();
  taken.next();
  assert.ok(producer.waitForRoom(0));
  producer.end();
});

Deno.test("for little there are smaller buffers, which come back whole", () => {
  const memory = makeRing(1, 1_000_000);
  const producer = new RingProducer(memory);
  assert.ok(memory.bufferBytes < BUFFER_BYTES);
  for (let i = 1; i <= 3; i++) {
    producer.buffer.fill(i);
    producer.submit(memory.bufferBytes);
  }
  producer.end();
  const taken = [...takeBuffers(memory)].map((buffer) =>
    buffer.every((byte) => byte === buffer[0])
  );
  assert.deepEqual(taken, [true, true, true]);
});

import assert from "node:assert/strict";
import { BusyError, Slots } from "../../serve/http/slots.ts";

const here = () => new AbortController().signal;
const settled = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("what comes on top waits, and goes on in the order in which it came", async () => {
  const slots = new Slots(2, 10);
  const order: number[] = [];
  const releases = await Promise.all([slots.take(here()), slots.take(here())]);
  const waiting = [1, 2].map((number) =>
    slots.take(here()).then((release) => {
      order.push(number);
      return release;
    })
  );
  await settled();
  assert.deepEqual(order, []);
  releases[0]!();
  releases[0]!();
  await settled();
  assert.deepEqual(order, [1], "a place that is given back twice counts once");
  (await waiting[0]!)();
  await waiting[1];
  assert.deepEqual(order, [1, 2]);
});

Deno.test("too much is refused, and who has gone waits no longer", async () => {
  const slots = new Slots(1, 1);
  const release = await slots.take(here());
  const leaving = new AbortController();
  const gone = slots.take(leaving.signal);
  await assert.rejects(slots.take(here()), BusyError);
  leaving.abort(new Error("gone"));
  await assert.rejects(gone, /gone/);
  const next = slots.take(here());
  release();
  (await next)();
  (await slots.take(here()))();
});

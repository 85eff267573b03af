import assert from "node:assert/strict";
import type { TreeInode } from "../../ext4/tree.ts";
import { Breather } from "../../host/breathe.ts";
import { isOfTheFuture, settle, settledAtMs } from "../../source/settling.ts";

const ROW = 0 as TreeInode;
const NOW_MS = 1_700_000_000_500;
const time = (ms: number) => ({
  seconds: Float64Array.of(Math.floor(ms / 1000)),
  nanoseconds: Uint32Array.of((ms % 1000) * 1e6),
});

Deno.test("a file is settled a tick of the clock after its later time", () => {
  const ctime = time(NOW_MS - 3);
  assert.equal(
    settledAtMs({ mtime: time(NOW_MS - 9000), ctime }, ROW, NOW_MS),
    NOW_MS + 7,
  );
  assert.equal(
    settledAtMs({ mtime: time(NOW_MS - 1) }, ROW, NOW_MS),
    NOW_MS + 9,
  );
});

Deno.test("where whole seconds are kept, it takes two of them", () => {
  const whole = time(NOW_MS - 500);
  assert.equal(
    settledAtMs({ mtime: whole, ctime: whole }, ROW, NOW_MS),
    NOW_MS + 1500,
  );
});

Deno.test("nobody waits for a time to come, and the other one counts", () => {
  const mtime = time(NOW_MS + 1e9);
  assert.ok(isOfTheFuture({ mtime }, ROW, NOW_MS));
  assert.equal(
    settledAtMs({ mtime, ctime: time(NOW_MS - 3) }, ROW, NOW_MS),
    NOW_MS + 7,
  );
  assert.equal(settledAtMs({ mtime }, ROW, NOW_MS), -Infinity);
});

Deno.test("an old file is not waited for, and a new one is, until it is settled", async () => {
  const breather = new Breather(new AbortController().signal);
  assert.equal(
    settle({ mtime: time(Date.now() - 60_000) }, ROW, breather),
    undefined,
  );
  const mtime = time(Date.now() - 1);
  await settle({ mtime }, ROW, breather);
  assert.ok(settledAtMs({ mtime }, ROW, Date.now()) <= Date.now());
});

Deno.test("waiting ends when the build is interrupted", async () => {
  const abort = new AbortController();
  const whole = time(Math.floor(Date.now() / 1000) * 1000);
  const waiting = settle({ mtime: whole }, ROW, new Breather(abort.signal));
  abort.abort(new Error("stopped"));
  await assert.rejects(waiting!, { message: "stopped" });
});

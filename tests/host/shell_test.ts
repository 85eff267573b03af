import assert from "node:assert/strict";
import { loadShell } from "../../host/shell.ts";

Deno.test("a signal of many builds keeps nothing of those that have ended", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListenerOrEventListenerObject) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  const { shell, release } = await loadShell(signal, "/tmp/none");
  assert.equal(await shell`echo ${"ice core"}`.text(), "ice core");
  assert.ok(listeners.size > 0);
  release();
  assert.equal(listeners.size, 0);
});

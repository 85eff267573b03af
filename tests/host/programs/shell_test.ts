import assert from "node:assert/strict";
import { loadShell } from "../../../host/programs/shell.ts";

Deno.test("a signal of many builds keeps nothing of those that have ended", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject,
  ) => {
    listeners.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (
    type: string,
    listener: EventListenerOrEventListenerObject,
  ) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  const { shell, release } = await loadShell(signal, "/tmp/none");
  assert.equal(await shell`echo ${"ice core"}`.text(), "ice core");
  assert.ok(listeners.size > 0);
  release();
  assert.equal(listeners.size, 0);
});

Deno.test("the error of a program that was kept quiet has what it said on stderr", async () => {
  const { shell, release } = await loadShell(
    new AbortController().signal,
    "/tmp/none",
  );
  await assert.rejects(
    async () =>
      await shell`sh -c ${"echo secretly; echo no >&2; exit 7"}`.quiet(),
    {
      name: "ShellError",
      exitCode: 7,
      stdout: "",
      stderr: "no\n",
    },
  );
  release();
});

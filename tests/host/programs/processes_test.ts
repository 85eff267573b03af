import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { processesWith, signalAll } from "../../../host/programs/processes.ts";

Deno.test("a program that has ended by then keeps no signal from the others", async () => {
  const gone = spawn("true");
  await once(gone, "exit");
  const group = spawn("true", { detached: true });
  await once(group, "exit");
  const running = spawn("sleep", ["60"]);
  const ended = once(running, "exit");
  assert.deepEqual(
    signalAll([gone.pid!, -group.pid!, running.pid!], "SIGTERM"),
    [],
  );
  assert.deepEqual(await ended, [null, "SIGTERM"]);
});

Deno.test("programs are found by a variable that they were started with", async () => {
  const value = `${Math.random()}`;
  const running = spawn("sleep", ["60"], {
    env: { ...Deno.env.toObject(), ICECORE_TEST: value },
  });
  const ended = once(running, "exit");
  assert.deepEqual(processesWith("ICECORE_TEST", value), [running.pid]);
  signalAll([running.pid!], "SIGKILL");
  await ended;
  assert.deepEqual(processesWith("ICECORE_TEST", value), []);
});

import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import {
  runScript,
  type ScriptRun,
} from "../../../host/programs/script_process.ts";

const run = (script: string, more: Partial<ScriptRun> = {}) =>
  runScript({
    argv: ["sh", "-c", script],
    env: {},
    workdir: "/tmp/none",
    signal: new AbortController().signal,
    onOutput: () => {},
    onMessage: () => {},
    ...more,
  });

for (const [who, where] of [["onOutput", ""], ["onMessage", ">&2"]] as const) {
  Deno.test(`what ${who} throws ends the script and is thrown`, async () => {
    const failure = new Error("no more");
    const place = Deno.makeTempDirSync({ prefix: "icecore-script-" });
    try {
      let countLines = 0;
      const script =
        `for i in 1 2 3; do echo $i ${where}; done; sleep 60; touch ${place}/late`;
      const running = run(script, {
        [who]: () => {
          countLines++;
          throw failure;
        },
      });
      await assert.rejects(running, failure);
      assert.equal(countLines, 1);
      assert.ok(!existsSync(`${place}/late`), "the script ran to its end");
    } finally {
      rmSync(place, { recursive: true });
    }
  });
}

Deno.test("a child that keeps the pipe open does not keep its script from ending", async () => {
  const lines: string[] = [];
  const script = "echo one; echo two >&2; printf three; sleep 60 & exit 4";
  const take = (line: string) => void lines.push(line);
  const end = await run(script, { onOutput: take, onMessage: take });
  assert.deepEqual(end, { kind: "exit", code: 4 });
  assert.deepEqual(lines.sort(), ["one", "two"]);
});

import assert from "node:assert/strict";
import { openProgram, ToolError } from "../../mod.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  return text;
}

Deno.test("a program is fed and read while it runs", async () => {
  const { writable, readable, ended } = openProgram(["tr", "a-z", "A-Z"]);
  const text = textOf(readable);
  const writer = writable.getWriter();
  for (const piece of ["ice", " ", "core"]) await writer.write(bytes(piece));
  await writer.close();
  await ended;
  assert.equal(await text, "ICE CORE");
});

Deno.test("a program that ends before its input does fails the write with its own words", async () => {
  const { writable, readable, ended } = openProgram(["sh", "-c", "echo full >&2; exit 3"]);
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  const isOurs = (error: unknown) =>
    error instanceof ToolError && error.exitCode === 3 && error.stderrTail === "full\n";
  await assert.rejects(async () => {
    for (;;) await writer.write(new Uint8Array(100_000));
  }, isOurs);
  await assert.rejects(ended, isOurs);
  await assert.rejects(textOf(readable), isOurs);
});

Deno.test("a program ends when it is stopped, aborted, cancelled or interrupted", async () => {
  const controller = new AbortController();
  const programs = [1, 2, 3, 4].map(() =>
    openProgram(["sleep", "100"], { signal: controller.signal })
  );
  await programs[0]!.stop();
  await programs[1]!.writable.abort();
  await programs[2]!.readable.cancel();
  controller.abort();
  for (const { ended } of programs) await assert.rejects(ended, ToolError);
});

Deno.test("a program that is not installed is named with what to do", () => {
  assert.throws(
    () => openProgram(["no-such-program"]),
    /cannot run no-such-program: .*not found in PATH. Install it with/,
  );
});

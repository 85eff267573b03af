import assert from "node:assert/strict";
import { ToolError } from "../../../mod.ts";
import { pipeThroughProgram } from "../../../plugin.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function sizeOf(stream: ReadableStream<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const piece of stream) size += piece.length;
  return size;
}

Deno.test("bytes go through a program", async () => {
  const readable = ReadableStream.from([
    bytes("ice"),
    bytes(" "),
    bytes("core"),
  ])
    .pipeThrough(pipeThroughProgram(["tr", "a-z", "A-Z"]));
  assert.equal(await new Response(readable).text(), "ICE CORE");
});

Deno.test("many megabytes go through a program whole, however slowly they are read", async () => {
  const piece = new Uint8Array(1_000_003).fill(7);
  const many = ReadableStream.from(Array.from({ length: 40 }, () => piece));
  const readable = many.pipeThrough(pipeThroughProgram(["cat"]));
  assert.equal(await sizeOf(readable), 40 * piece.length);
});

Deno.test("a program that fails fails its reader and its writer with its own words", async () => {
  const isOurs = (error: unknown) =>
    error instanceof ToolError && error.exitCode === 3 &&
    error.stderrTail === "full\n";
  const program = pipeThroughProgram([
    "sh",
    "-c",
    "head -c 100000; echo full >&2; exit 3",
  ]);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });
  const results = await Promise.allSettled([
    endless.pipeTo(program.writable),
    sizeOf(program.readable),
    program.ended,
  ]);
  for (const result of results) {
    assert.ok(result.status === "rejected" && isOurs(result.reason));
  }
});

Deno.test("a program that reads only a part and is content fails the writer", async () => {
  const program = pipeThroughProgram(["true"]);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
  });
  const writing = endless.pipeTo(program.writable);
  assert.equal(await sizeOf(program.readable), 0);
  await assert.rejects(writing, /cannot pipe through true: it ended before/);
});

type Program = ReturnType<typeof pipeThroughProgram>;

const ends: Readonly<
  Record<string, (program: Program, caller: AbortController) => unknown>
> = {
  "abort": (program) => program.abort(),
  "the caller's signal": (_, caller) => caller.abort(),
  "a reader that is cancelled": (program) => program.readable.cancel(),
  "a writer that is aborted": (program) => program.writable.abort(),
};

for (const [what, end] of Object.entries(ends)) {
  Deno.test(`${what} ends the program`, async () => {
    const caller = new AbortController();
    const { signal } = caller;
    const program = pipeThroughProgram(["sh", "-c", "sleep 100 & wait"], {
      signal,
    });
    await end(program, caller);
    await assert.rejects(program.ended, ToolError);
  });
}

Deno.test("a program that is not installed is reported at once, with what installs it", () => {
  assert.throws(
    () => pipeThroughProgram(["no-such-program"]),
    /not found in PATH\. Install it/,
  );
});

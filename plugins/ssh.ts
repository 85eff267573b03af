/**
 * `ssh`: copies the payload and its side files to another machine, and has it checked there.
 *
 * See docs/ssh.md.
 * @module
 */

import { type ByteStage, defineStep, type StepContext } from "../mod.ts";
import { payloadOf } from "../plugin.ts";
import { Copies } from "./ssh/copies.ts";
import { FarSide } from "./ssh/far_side.ts";
import { options } from "./ssh/options.ts";
import { copyError } from "./ssh/program_errors.ts";
import { TAKE } from "./ssh/scripts.ts";

/** The step. */
const ssh = defineStep({
  name: "ssh",
  summary: "copy it and its side files to another machine, and check it there",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  tools: ["ssh"],
  passive: true,
  reads: "parts",
  shell: false,
  options,
  async check({ options, signal }) {
    await new FarSide({ options, signal }).look();
  },
  async run(image, context) {
    const payload = payloadOf(image);
    const copies = new Copies(context);
    if (payload.parts !== undefined) return await copies.sendParts(image, payload);
    const digest = Object.entries(payload.digests)[0];
    const copy = await copies.send(payload.path, payload.name, digest);
    return await copies.complete(image, payload, copy);
  },
  stream: streamed,
});

export default ssh;

async function streamed(
  { name, sizeBytes: total }: { readonly name: string; readonly sizeBytes?: number },
  context: StepContext<typeof options>,
): Promise<ByteStage> {
  const copies = new Copies(context);
  const copy = await copies.begin(name);
  const shown = copies.far.shown(copy.final);
  const program = copies.far.open([TAKE, copy.partial]);
  const writer = program.writable.getWriter();
  const explained = (work: Promise<void>) =>
    work.catch((error) => {
      throw copyError(shown, error);
    });
  writer.closed.catch(() => {});
  let done = 0;
  return {
    sink: new WritableStream({
      async write(bytes) {
        await explained(writer.write(bytes));
        done += bytes.length;
        context.emit({
          type: "progress",
          done,
          unit: "bytes",
          ...total !== undefined && { total },
        });
      },
      async close() {
        await explained(writer.close());
        for await (const _ of program.readable);
        await explained(program.ended);
      },
      abort: () => program.abort(),
    }),
    async finish(image, stored) {
      const digest = Object.entries(stored.digests)[0]!;
      await explained(copies.finish(copy, digest));
      return await copies.complete(image, stored, copy);
    },
    abort: () => program.abort(),
  };
}

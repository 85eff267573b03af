/**
 * `ssh`: copies the payload and its side files to another machine, and has it checked there.
 *
 * See docs/ssh.md.
 * @module
 */

import {
  type ByteStage,
  payloadOf,
  type Step,
  type StepContext,
  type StreamStart,
} from "../mod.ts";
import { Copies } from "./ssh/copies.ts";
import { copyError } from "./ssh/errors.ts";
import { FarSide } from "./ssh/far_side.ts";
import { TAKE } from "./ssh/scripts.ts";

const MOST_PORT = 65_535;
const MOST_RETRIES = 20;

/** The step. */
const ssh: Step = {
  name: "ssh",
  summary: "copy it and its side files to another machine, and check it there",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  tools: ["ssh"],
  passive: true,
  reads: "parts",
  shell: false,
  options: {
    to: { type: "string", help: "where to: [USER@]HOST:FOLDER", required: true },
    identityFile: { type: "string", help: "the private key's file; ssh's own choice if left out" },
    port: {
      type: "number",
      help: "the port; ssh's own choice if left out",
      least: 1,
      most: MOST_PORT,
      whole: true,
    },
    sshOptions: { type: "strings", help: "more of ssh's options, e.g. ProxyJump=gate" },
    retries: {
      type: "number",
      help: "how often a broken copy goes on",
      least: 0,
      most: MOST_RETRIES,
      whole: true,
      default: 5,
    },
    overwrite: { type: "boolean", help: "replace what is there", default: false },
    resume: {
      type: "boolean",
      help: "keep what a failed build has copied, and continue it",
      default: false,
    },
  },
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
};

export default ssh;

async function streamed(
  { name, sizeBytes: total }: StreamStart,
  context: StepContext,
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

/**
 * `verity`: a dm-verity hash tree and its root hash beside the image.
 *
 * `veritysetup verify IMAGE IMAGE.verity ROOTHASH` accepts them without options. See docs/verity.md.
 * @module
 */

import { createReadStream } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  type ByteStage,
  type CheckContext,
  defineStep,
  type Image,
  type OptionsSchema,
  type OptionValues,
  type StepContext,
  UsageError,
} from "../mod.ts";
import { requireFree, withArtifact, writeNew } from "../plugin.ts";
import { HashFile, type MadeTree } from "./verity/hash_file.ts";

/** What `veritysetup` takes at most. */
const MOST_SALT_BYTES = 256;

const options = {
  salt: {
    type: "string",
    help: "the salt in hex, or - for none; derived from the image if left",
  },
} as const satisfies OptionsSchema;

type Options = OptionValues<typeof options>;

/** The step. */
const verity = defineStep({
  name: "verity",
  summary: "make a dm-verity hash tree and root hash beside it",
  before: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  passive: true,
  reads: "image",
  shell: false,
  options,
  check(context) {
    saltOf(context);
    if (context.output === "-") {
      throw new UsageError(
        "cannot make verity's side files: the image goes to stdout. Give it a name.",
        "no-file",
      );
    }
    for (const name of namesOf(context)) {
      requireFree(join(dirname(context.output), name), context.force);
    }
  },
  async run(image, context) {
    const { paths, hashFile } = await begin(context);
    const bytes = createReadStream(image.path, { highWaterMark: 2 ** 20, signal: context.signal });
    let done = 0;
    try {
      for await (const piece of bytes) {
        await hashFile.add(piece as Uint8Array);
        done += (piece as Uint8Array).length;
        context.emit({ type: "progress", done, total: image.sizeBytes, unit: "bytes" });
      }
      return await finish(image, await hashFile.end(), paths, context);
    } finally {
      await hashFile.close();
    }
  },
  async stream(_start, context): Promise<ByteStage> {
    const { paths, hashFile } = await begin(context);
    let made: MadeTree | undefined;
    return {
      sink: new WritableStream({
        write: (bytes) => hashFile.add(bytes),
        async close() {
          made = await hashFile.end();
        },
      }),
      finish: (image) => finish(image, made!, paths, context),
      abort: () => hashFile.close(),
    };
  },
});

export default verity;

/** Where the files are written, until the build is done. */
interface Paths {
  readonly tree: string;
  readonly rootHash: string;
}

function namesOf({ output }: CheckContext): [tree: string, rootHash: string] {
  const name = basename(output);
  return [`${name}.verity`, `${name}.roothash`];
}

async function begin(
  context: StepContext<typeof options>,
): Promise<{ paths: Paths; hashFile: HashFile }> {
  const [tree, rootHash] = namesOf(context);
  const paths = { tree: context.beside(tree), rootHash: context.beside(rootHash) };
  return { paths, hashFile: await HashFile.create(paths.tree, saltOf(context), context.fileMode) };
}

async function finish(
  image: Image,
  made: MadeTree,
  paths: Paths,
  { fileMode }: StepContext,
): Promise<Image> {
  const line = `${made.rootHash}\n`;
  await writeNew(paths.rootHash, new TextEncoder().encode(line), fileMode);
  const withTree = withArtifact(image, {
    kind: "verity",
    path: paths.tree,
    finalPath: `${image.finalPath}.verity`,
    sizeBytes: made.sizeBytes,
    details: { rootHash: made.rootHash },
  });
  return withArtifact(withTree, {
    kind: "roothash",
    path: paths.rootHash,
    finalPath: `${image.finalPath}.roothash`,
    sizeBytes: line.length,
  });
}

function saltOf({ options }: { readonly options: Options }): Uint8Array | undefined {
  const text = options.salt;
  if (text === undefined) return undefined;
  if (text === "-") return new Uint8Array(0);
  if (/^([0-9a-f]{2})+$/i.test(text) && text.length / 2 <= MOST_SALT_BYTES) {
    return Uint8Array.fromHex(text);
  }
  throw new UsageError(
    `cannot set verity.salt to ${JSON.stringify(text)}: expected an even number of hex digits, ` +
      `at most ${MOST_SALT_BYTES * 2}, or - for none.`,
    "bad-option",
  );
}

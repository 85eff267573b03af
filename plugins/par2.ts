/**
 * `par2`: recovery data beside the payload, from which the program `par2` repairs it.
 *
 * See docs/par2.md.
 * @module
 */

import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { mkdtemp, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  defineStep,
  type Image,
  type OptionsSchema,
  type OptionValues,
  type StepContext,
  UsageError,
} from "../mod.ts";
import { payloadOf, pipeThroughProgram, requireFree, withArtifact } from "../plugin.ts";

/** The most that the format can number. */
const MOST_BLOCKS = 32_768;
const MOST_FILES = 31;

const options = {
  redundancy: {
    type: "number",
    help: "how much of it may be lost and still be repaired",
    unit: "percent",
    least: 1,
    most: 100,
    whole: true,
    default: 10,
  },
  blocks: {
    type: "number",
    help: "pieces that are lost or repaired as one",
    unit: "blocks",
    least: 1,
    most: MOST_BLOCKS,
    whole: true,
    default: 2000,
  },
  files: {
    type: "number",
    help: "files to spread the recovery data over",
    least: 1,
    most: MOST_FILES,
    whole: true,
    default: 1,
  },
} as const satisfies OptionsSchema;

type Options = OptionValues<typeof options>;

/** The step. */
const par2 = defineStep({
  name: "par2",
  summary: "make recovery data that repairs it when it is damaged",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  tools: ["par2"],
  shell: false,
  options,
  check({ output, force }) {
    if (output === "-") {
      throw new UsageError(
        "cannot make recovery data: the image goes to stdout. Give it a name.",
        "no-file",
      );
    }
    requireFreeSet(dirname(output), basename(output), force);
  },
  async run(image, context) {
    const { path, name } = payloadOf(image);
    if (path === "-") throw noWhole(name);
    requireFreeSet(dirname(image.finalPath), name, context.force);
    // A folder, because the program alone knows what the files of the set will be called.
    const folder = context.beside(`${name}.par2`);
    // What somebody else left would not be overwritten.
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const link = join(await mkdtemp(join(context.workdir, "par2-")), name);
    // The set names the file as it will be called.
    symlinkSync(await realpath(path), link);
    await create(par2Argv(link, join(folder, `${name}.par2`), context), context);
    return withSet(image, folder);
  },
});

export default par2;

function noWhole(name: string): UsageError {
  return new UsageError(
    `cannot make recovery data of ${name}: it was streamed on and lies nowhere here. ` +
      "Put par2 directly behind the step that makes what is to be protected.",
    "no-payload",
  );
}

/** The argv that makes the set. @param file Its last part is the name that the set is about. */
export function par2Argv(
  file: string,
  index: string,
  { options }: { readonly options: Options },
): string[] {
  return [
    "par2",
    "create",
    `-r${options.redundancy}`,
    `-b${options.blocks}`,
    `-n${options.files}`,
    `-B${dirname(file)}`,
    "--",
    index,
    file,
  ];
}

async function create(argv: readonly string[], context: StepContext): Promise<void> {
  const program = pipeThroughProgram(argv, {
    signal: context.signal,
    workdir: context.workdir,
    onStart: () => context.emit({ type: "command", argv }),
  });
  // It reads nothing; it may end before this is done.
  await program.writable.close().catch(() => {});
  const decoder = new TextDecoder();
  let last = -1;
  for await (const bytes of program.readable) {
    const percents = decoder.decode(bytes).match(/Processing: (\d+)\.\d%/g);
    const done = Number(/\d+/.exec(percents?.at(-1) ?? "")?.[0] ?? last);
    if (done <= last) continue;
    last = done;
    context.emit({ type: "message", level: "debug", text: `recovery data: ${done} %` });
  }
  await program.ended;
}

/** Looks for files of a set: `NAME.par2`, and the volumes `NAME.vol000+100.par2`. */
function requireFreeSet(folder: string, base: string, force: boolean): void {
  if (!existsSync(folder)) return;
  const isOfSet = (name: string) =>
    name.startsWith(`${base}.`) && /^(vol\d+\+\d+\.)?par2$/.test(name.slice(base.length + 1));
  for (const name of readdirSync(folder).filter(isOfSet)) requireFree(join(folder, name), force);
}

function withSet(image: Image, folder: string): Image {
  return readdirSync(folder).sort().reduce((before, name) => {
    const path = join(folder, name);
    const finalPath = join(dirname(image.finalPath), name);
    return withArtifact(before, { kind: "par2", path, finalPath, sizeBytes: statSync(path).size });
  }, image);
}

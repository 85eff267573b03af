/**
 * `par2`: recovery data beside the payload, from which the program `par2` repairs it.
 *
 * See docs/par2.md.
 * @module
 */

import { readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { mkdtemp, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type Image,
  payloadOf,
  pipeThroughProgram,
  type Step,
  type StepContext,
  UsageError,
  withArtifact,
} from "../mod.ts";

/** The most that the format can number. */
const MOST_BLOCKS = 32_768;
const MOST_FILES = 31;

/** The step. */
const par2: Step = {
  name: "par2",
  summary: "make recovery data that repairs it when it is damaged",
  after: "hash",
  accepts: ["formatted", "unmounted", "sealed"],
  tools: ["par2"],
  shell: false,
  options: {
    redundancy: {
      type: "number",
      help: "how much of it may be lost and still be repaired",
      unit: "percent",
      default: 10,
    },
    blocks: {
      type: "number",
      help: "pieces that are lost or repaired as one",
      unit: "blocks",
      default: 2000,
    },
    files: { type: "number", help: "files to spread the recovery data over", default: 1 },
  },
  check({ options, output }) {
    checkWhole("redundancy", options["redundancy"], 100);
    checkWhole("blocks", options["blocks"], MOST_BLOCKS);
    checkWhole("files", options["files"], MOST_FILES);
    if (output === "-") {
      throw new UsageError(
        "cannot make recovery data: the image goes to stdout. Give it a name with -o.",
        "no-file",
      );
    }
  },
  async run(image, context) {
    const { path, name } = payloadOf(image);
    const folder = dirname(image.finalPath);
    const base = `${name}.partial`;
    // What a killed build left would not be overwritten.
    removeSet(folder, base);
    const link = join(await mkdtemp(join(context.workdir, "par2-")), name);
    // The set names the file as it will be called.
    symlinkSync(await realpath(path), link);
    try {
      await create(par2Argv(link, join(folder, `${base}.par2`), context), context);
    } catch (error) {
      removeSet(folder, base);
      throw error;
    }
    return withSet(image, folder, name);
  },
};

export default par2;

/** The argv that makes the set. @param file Its last part is the name that the set is about. */
export function par2Argv(
  file: string,
  index: string,
  { options }: Pick<StepContext, "options">,
): string[] {
  return [
    "par2",
    "create",
    `-r${options["redundancy"]}`,
    `-b${options["blocks"]}`,
    `-n${options["files"]}`,
    `-B${dirname(file)}`,
    "--",
    index,
    file,
  ];
}

async function create(argv: readonly string[], context: StepContext): Promise<void> {
  const program = pipeThroughProgram(argv, {
    signal: context.signal,
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

/** The files of a set: `NAME.par2`, and the volumes `NAME.vol000+100.par2`. */
function filesOfSet(folder: string, base: string): string[] {
  return readdirSync(folder).filter((name) =>
    name.startsWith(`${base}.`) && /^(vol\d+\+\d+\.)?par2$/.test(name.slice(base.length + 1))
  );
}

function removeSet(folder: string, base: string): void {
  for (const name of filesOfSet(folder, base)) rmSync(join(folder, name), { force: true });
}

function withSet(image: Image, folder: string, name: string): Image {
  const files = filesOfSet(folder, `${name}.partial`);
  return files.reduce((before, file) => {
    const path = join(folder, file);
    return withArtifact(before, {
      kind: "par2",
      path,
      finalPath: join(folder, basename(file).replace(`${name}.partial.`, `${name}.`)),
      sizeBytes: statSync(path).size,
    });
  }, image);
}

function checkWhole(name: string, value: unknown, most: number): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most) return;
  throw new UsageError(
    `cannot set par2.${name} to ${value}: expected a whole number from 1 to ${most}.`,
    "bad-option",
  );
}

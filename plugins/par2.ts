/**
 * `par2`: recovery data beside the payload, from which the program `par2` repairs it.
 *
 * See docs/par2.md.
 * @module
 */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
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
import { checkRecoverySet, wrongOutput } from "./par2/recovery_set.ts";
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
  reads: "payload",
  shell: false,
  options,
  check({ output, force }) {
    if (output === "-") {
      throw new UsageError(
        "cannot make recovery data: the image goes to stdout. Give it a name.",
        "no-file",
      );
    }
    requireReadable(basename(output));
    requireFreeSet(dirname(output), basename(output), force);
  },
  async run(image, context) {
    const { path, name, sizeBytes } = payloadOf(image);
    if (path === "-") throw noWhole(name);
    requireFreeSet(dirname(image.finalPath), name, context.force);
    // A folder, because the program alone knows what the files of the set will be called.
    const folder = context.beside(`${name}.par2`);
    // What somebody else left would not be overwritten.
    rmSync(folder, { recursive: true, force: true });
    // The program's files are as open as the umask says.
    mkdirSync(folder, 0o700);
    const link = join(await mkdtemp(join(context.workdir, "par2-")), name);
    // The set names the file as it will be called.
    symlinkSync(await realpath(path), link);
    // Run from within the folder: par2 would also take * and ? in the folder's path for wildcards.
    await create(par2Argv(link, `./${name}.par2`, context), folder, sizeBytes, context);
    const redundancyPercent = context.options["redundancy"] as number;
    const file = { name, path, sizeBytes, redundancyPercent };
    await checkRecoverySet(filesOfSet(folder, name), file, context.signal);
    return withSet(image, folder, name);
  },
});

export default par2;

/** Refuses a name by which the program would not find its set, or the file, again. */
function requireReadable(name: string): void {
  // deno-lint-ignore no-control-regex
  if (!/[*?\\\x00-\x1f\x7f]/.test(name)) return;
  throw new UsageError(
    `cannot make recovery data of ${JSON.stringify(name)}: par2 takes * and ? for wildcards, and ` +
      "cannot read a backslash or a control character in a name. Choose another name.",
    "bad-output",
  );
}

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

async function create(
  argv: readonly string[],
  cwd: string,
  sizeBytes: number,
  context: StepContext,
): Promise<void> {
  const program = pipeThroughProgram(argv, {
    cwd,
    signal: context.signal,
    workdir: context.workdir,
    onStart: () => context.emit({ type: "command", argv }),
  });
  // It reads nothing; it may end before this is done.
  await program.writable.close().catch(() => {});
  const decoder = new TextDecoder();
  let last = -1;
  for await (const bytes of program.readable) {
    const percents = decoder.decode(bytes).match(/Processing: (\d+\.\d)%/g);
    const percent = Number(/\d+\.\d/.exec(percents?.at(-1) ?? "")?.[0] ?? last);
    if (percent <= last) continue;
    last = percent;
    const done = Math.round(sizeBytes * percent / 100);
    context.emit({ type: "progress", done, total: sizeBytes, unit: "bytes" });
  }
  await program.ended;
}

/** Whether a file may be of a set: `BASE.par2`, and the volumes `BASE.vol000+100.par2`. */
function isOfSet(name: string, base: string): boolean {
  return name.startsWith(`${base}.`) &&
    /^(vol\d+\+\d+\.)?par2$/.test(name.slice(base.length + 1));
}

/** What the program has made. @throws EnvironmentError for anything that is not to be published. */
function filesOfSet(folder: string, base: string): string[] {
  return readdirSync(folder).map((name) => {
    const path = join(folder, name);
    if (isOfSet(name, base) && lstatSync(path).isFile()) return path;
    throw wrongOutput(`it made ${JSON.stringify(name)}, which is not a file of a recovery set`);
  });
}

function requireFreeSet(folder: string, base: string, force: boolean): void {
  for (const path of setIn(folder, base)) requireFree(path, force);
}

/** Files of a set that lie in a folder. */
function setIn(folder: string, base: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => isOfSet(name, base));
  return names.map((name) => join(folder, name));
}

/** The set takes the place of an earlier one, which may have had other files. */
function withSet(image: Image, folder: string, base: string): Image {
  const target = dirname(image.finalPath);
  const replaces = setIn(target, base);
  return readdirSync(folder).sort().reduce((before, name) => {
    const path = join(folder, name);
    const finalPath = join(target, name);
    const sizeBytes = statSync(path).size;
    return withArtifact(before, { kind: "par2", path, finalPath, sizeBytes, replaces });
  }, image);
}

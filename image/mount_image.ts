/**
 * Mounts an image read-only: by the kernel as root, else by FUSE.
 * @module
 */

import {
  accessSync,
  constants,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRemote, shownLocation } from "../host/block_source/location.ts";
import { atForcedExit } from "../host/ends/forced_exit.ts";
import { EnvironmentError } from "../host/environment_error.ts";
import { meaningOf } from "../host/libc/errno.ts";
import { printable } from "../host/libc/paths.ts";
import { isRoot } from "../host/user.ts";
import { mountAt } from "../host/mounts/mount_table.ts";
import { unmountOneNow } from "../host/mounts/mounts.ts";
import { findProgram, installHint } from "../host/programs/find_program.ts";
import { type ProgramOptions, runProgram } from "../host/programs/run_program.ts";
import { ToolError } from "../host/programs/tool_error.ts";
import { interruptionOf, throwIfAborted } from "../pipeline/interruption.ts";
import { givenPath } from "../pipeline/words/given_path.ts";
import { argvOf, fuseArgv, kernelArgv, type MountSubject } from "./mount/commands.ts";
import { mountStack } from "./mount/mount_stack.ts";
import { requirePlain } from "./mount/require_plain.ts";
import { openReader } from "./stack/open_reader.ts";

/**
 * Mounts an image at a folder: read-only, without setuid and devices, nothing written to it.
 *
 * @param path A file or a block device.
 * @throws CorruptImageError when it is not an image; EnvironmentError `cannot-mount`, `no-folder`,
 * `already-mounted`; InterruptedError.
 */
export async function mountImage(
  path: string,
  folder: string,
  options: {
    /**
     * `kernel` needs root; `fuse` needs the program fuse2fs. By default the kernel for root, FUSE
     * for everyone else, and for root where the kernel does not let her, as in a container.
     */
    readonly by?: "auto" | "kernel" | "fuse";
    /** Where images that it lies on are looked for when they are not beside it. */
    readonly bases?: readonly string[];
    /** Mount it alone, and not as one tree with the images that it lies on. */
    readonly layer?: boolean;
    /** Cancels it. */
    readonly signal?: AbortSignal;
    /** Receives each program before it runs. */
    onCommand?(argv: readonly string[]): void;
  } = {},
): Promise<{
  /** Who mounts it. */
  readonly by: "kernel" | "fuse";
  /** The real path of the folder. */
  readonly folder: string;
  /** Its journal holds changes that were not written out; the mount does not show them. */
  readonly isStale: boolean;
}> {
  givenPath(folder, "the folder to mount at");
  const { subjects, isStale } = await examine(path, options);
  const at = mountpointOf(folder, path);
  const programOptions: ProgramOptions = {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.onCommand === undefined ? {} : { onStart: options.onCommand }),
  };
  const { by = "auto" } = options;
  let kernelError: unknown;
  if (by === "kernel" || (by === "auto" && isRoot())) {
    try {
      await mountAll(subjects, at, "kernel", programOptions);
      return { by: "kernel", folder: at, isStale };
    } catch (error) {
      if (by === "kernel" || !(error instanceof ToolError)) throw error;
      kernelError = error;
    }
  }
  const why = whyNoFuse(subjects.length > 1);
  if (why !== undefined) throw kernelError ?? cannotMount(path, why);
  await mountAll(subjects, at, "fuse", programOptions);
  requireMounted(at, path);
  return { by: "fuse", folder: at, isStale };
}

/** Mounts one image, or several as one tree. */
async function mountAll(
  subjects: readonly MountSubject[],
  at: string,
  by: "kernel" | "fuse",
  options: ProgramOptions,
): Promise<void> {
  const mount = (argv: readonly string[], options: ProgramOptions) => runMount(argv, at, options);
  const [subject] = subjects;
  if (subjects.length > 1) return await mountStack(subjects, at, by, options, mount);
  if (by === "kernel") return await mount(kernelArgv(subject!, at), options);
  await byPlainName(
    subject!,
    (named, cwd) => mount(fuseArgv(named, at, isRoot()), { ...options, ...cwd && { cwd } }),
  );
}

/** How to mount. */
type MountOptions = NonNullable<Parameters<typeof mountImage>[2]>;

/** fuse2fs hands the image's path on among options, where a comma would begin another one. */
async function byPlainName(
  subject: MountSubject,
  mount: (subject: MountSubject, cwd?: string) => Promise<void>,
): Promise<void> {
  if (!subject.path.includes(",")) return await mount(subject);
  const folder = mkdtempSync(join(tmpdir(), "icecore-mount-"));
  try {
    symlinkSync(subject.path, join(folder, "image"));
    await mount({ ...subject, path: "./image" }, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program that mounts; an interruption takes away what it has mounted all the same. */
async function runMount(
  argv: readonly string[],
  at: string,
  options: ProgramOptions,
): Promise<void> {
  const { signal } = options;
  if (signal !== undefined) throwIfAborted(signal);
  const forget = atForcedExit(() => unmountOneNow(at));
  try {
    await runProgram(argv, options);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw interruptionOf(signal, await takeAway(at));
  } finally {
    forget();
  }
}

/** @returns What is left nevertheless. */
async function takeAway(at: string): Promise<string[]> {
  const mount = mountAt(at);
  if (mount === undefined) return [];
  await runProgram(argvOf(mount), { success: () => true });
  return mountAt(at) === undefined ? [] : [`what is mounted at ${printable(at)}`];
}

/** Opens it once: what is not an image is refused here, with a better word than the kernel's. */
async function examine(
  path: string,
  { bases, layer }: Pick<MountOptions, "bases" | "layer">,
): Promise<{ subjects: MountSubject[]; isStale: boolean }> {
  if (isRemote(path)) throw cannotMountRemote(path);
  await requirePlain(path);
  const { reader, layers } = await openReader(path, {
    cacheBytes: 1 << 20,
    ...(bases === undefined ? {} : { bases }),
    ...(layer === undefined ? {} : { layer }),
  });
  await using _image = reader;
  const subjects = layers.map(({ location, files }) => {
    if (isRemote(location!)) throw cannotMountRemote(location!);
    return {
      path: realpathSync(location!),
      isBlockDevice: statSync(location!).isBlockDevice(),
      hasJournal: files.info.journal !== "none",
    };
  });
  return { subjects, isStale: layers.some(({ files }) => files.info.journal === "replayed") };
}

function cannotMountRemote(path: string): EnvironmentError {
  return new EnvironmentError(
    `cannot mount ${shownLocation(path)}: only an image on this machine can be mounted. ` +
      "Read it in place with icecore ls, cat and extract, or download it.",
    "cannot-mount",
  );
}

function mountpointOf(folder: string, path: string): string {
  const shown = printable(folder);
  let real: string;
  try {
    real = realpathSync(folder);
    if (!statSync(real).isDirectory()) throw new Error("it is not a folder");
  } catch (error) {
    throw new EnvironmentError(
      `cannot mount ${printable(path)} at ${shown}: ${meaningOf(error)}. ` +
        "Make an empty folder with mkdir, and name it.",
      "no-folder",
      { cause: error },
    );
  }
  if (mountAt(real) === undefined) return real;
  throw new EnvironmentError(
    `cannot mount ${printable(path)} at ${shown}: something is mounted there already. ` +
      `Unmount it with icecore umount ${shown}, or name another folder.`,
    "already-mounted",
  );
}

function whyNoFuse(isStack: boolean): string | undefined {
  const needed = isStack ? ["fuse2fs", "fuse-overlayfs"] : ["fuse2fs"];
  const missing = needed.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) {
    const are = missing.length > 1 ? "are" : "is";
    return `${missing.join(" and ")} ${are} not installed. ${installHint(missing)}`;
  }
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return `/dev/fuse cannot be opened: ${meaningOf(error)}. ` +
      "Load it with modprobe fuse, and let users open it";
  }
}

function cannotMount(path: string, why: string): EnvironmentError {
  return new EnvironmentError(
    `cannot mount ${printable(path)}: only root may mount by the kernel, and by FUSE it cannot ` +
      `be done: ${why}, or run icecore with sudo. icecore ls, cat and extract need neither.`,
    "cannot-mount",
  );
}

function requireMounted(folder: string, path: string): void {
  if (mountAt(folder) !== undefined) return;
  throw new EnvironmentError(
    `cannot mount ${printable(path)}: the program ended well, and nothing is mounted at ` +
      `${printable(folder)}. Look at the system's log.`,
    "cannot-mount",
  );
}

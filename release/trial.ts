/**
 * Each executable is run, as far as this machine can: its version, and an image built and verified.
 * @module
 */

import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import process from "node:process";
import { foreignRoot, muslLibraries } from "./foreign_root.ts";
import { tried } from "./run.ts";
import type { Target } from "./targets.ts";

/** What came of it, in words for the release's notes. */
export interface Trial {
  readonly target: string;
  readonly ran: boolean;
  /** How it was run, or why it was not. */
  readonly how: string;
  /** The digest of the image that it made: the same on all machines. */
  readonly imageDigest?: string;
}

const QEMU = { x64: "qemu-x86_64-static", arm64: "qemu-aarch64-static" } as const;
const MUSL = { x64: "lib/ld-musl-x86_64.so.1", arm64: "lib/ld-musl-aarch64.so.1" } as const;

/** Tries an executable. It never throws: what cannot be tried is said. */
export function trialOf(target: Target, executable: string, folder: string): Trial {
  try {
    const { argv, how } = start(target, executable, folder);
    const imageDigest = build(argv, `${folder}/trial-${target.name}`);
    return { target: target.name, ran: true, how, imageDigest };
  } catch (error) {
    const [why = ""] = (error as Error).message.trim().split("\n").slice(-1);
    return { target: target.name, ran: false, how: why };
  }
}

/** The argv that an executable is started with here. */
function start(
  target: Target,
  executable: string,
  folder: string,
): { argv: string[]; how: string } {
  const isHere = process.arch === target.cpu;
  if (isHere && target.libc === "musl" && !existsSync(`/${MUSL[target.cpu]}`)) {
    throw new Error("musl is not installed: apt-get install musl");
  }
  if (isHere) {
    const plain = tried([executable, "--version"]);
    if (plain.code === 0) return { argv: [executable], how: "on this machine" };
    if (target.libc === "glibc") throw new Error(plain.stderr);
  }
  const qemu = isHere ? [] : [QEMU[target.cpu]];
  if (qemu.length > 0 && tried([...qemu, "--version"]).code !== 0) {
    throw new Error(`${QEMU[target.cpu]} is not installed: apt-get install qemu-user-static`);
  }
  const root = foreignRoot(target, folder);
  const through = qemu.length > 0 ? ", through QEMU" : "";
  if (target.libc === "glibc") {
    return { argv: [...qemu, "-L", root, executable], how: `with Debian's glibc${through}` };
  }
  const libraries = muslLibraries(target, root, folder);
  const variables = [`LD_LIBRARY_PATH=${libraries.folder}`, `LD_PRELOAD=${libraries.shim}`];
  return {
    argv: qemu.length > 0
      ? [...qemu, "-L", root, ...variables.flatMap((each) => ["-E", each]), executable]
      : ["env", ...variables, executable],
    how:
      `with Debian's musl${through}; its libstdc++ is glibc's, with a shim (release/musl_shim.c)`,
  };
}

/** Builds and verifies a tiny image. @returns its digest */
function build(argv: readonly string[], folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(`${folder}/core`, { recursive: true });
  writeFileSync(`${folder}/core/note.txt`, "An ice core never changes.\n");
  for (const each of ["core/note.txt", "core"]) utimesSync(`${folder}/${each}`, 0, 0);
  const inFolder = (...args: string[]) => {
    const { code, stderr } = tried([...argv, ...args], { cwd: folder });
    if (code !== 0) throw new Error(`icecore ${args.join(" ")} ended with ${code}: ${stderr}`);
  };
  inFolder("--version");
  inFolder("build", "core", "--quiet");
  inFolder("verify", "core.img", "--quiet");
  return readFileSync(`${folder}/core.img.sha512`, "utf8").slice(0, 128);
}

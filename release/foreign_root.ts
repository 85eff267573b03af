/**
 * Libraries of another machine, taken from Debian's packages, for QEMU to run its executables with.
 * @module
 */

import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";
import type { Target } from "./targets.ts";

const LIBRARIES = ["libc6", "libgcc-s1", "libstdc++6", "musl"];
const SHIM = fileURLToPath(new URL("./musl_shim.c", import.meta.url));

/** As Debian's compilers and folders name a machine. */
const TRIPLES = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" } as const;
const LOADERS = { x64: "ld-linux-x86-64.so.2", arm64: "ld-linux-aarch64.so.1" } as const;

/**
 * A folder that is the root of a Debian with these libraries; apt's own state is left as it is.
 *
 * @throws Error where they cannot be fetched.
 */
export function foreignRoot({ debian }: Target, folder: string): string {
  const root = `${folder}/root-${debian}`;
  if (existsSync(root)) return root;
  const state = `${folder}/apt-${debian}`;
  for (const each of ["lists/partial", "cache/archives/partial"]) {
    mkdirSync(`${state}/${each}`, { recursive: true });
  }
  writeFileSync(`${state}/status`, "");
  const options = [
    `APT::Architecture=${debian}`,
    `APT::Architectures::=${debian}`,
    `Dir::State=${state}`,
    `Dir::State::lists=${state}/lists`,
    `Dir::State::status=${state}/status`,
    `Dir::Cache=${state}/cache`,
    "APT::Sandbox::User=root",
  ].flatMap((each) => ["-o", each]);
  run(["apt-get", ...options, "update", "-qq"]);
  run(["apt-get", ...options, "-qq", "download", ...LIBRARIES], { cwd: state });
  const scratch = `${root}.partial`;
  for (const name of readdirSync(state).filter((each) => each.endsWith(".deb"))) {
    run(["dpkg-deb", "-x", `${state}/${name}`, scratch]);
  }
  run(["mv", scratch, root]);
  return root;
}

/**
 * A folder with the libraries that an executable for musl loads, as far as Debian has them: its
 * libstdc++ is glibc's, and `musl_shim.c` has what it misses.
 */
export function muslLibraries(
  { cpu, debian }: Target,
  root: string,
  folder: string,
): { readonly folder: string; readonly shim: string } {
  const libraries = `${folder}/musl-${debian}`;
  mkdirSync(libraries, { recursive: true });
  for (const [from, name] of [["usr/lib", "libstdc++.so.6"], ["lib", "libgcc_s.so.1"]] as const) {
    copyFileSync(`${root}/${from}/${TRIPLES[cpu]}/${name}`, `${libraries}/${name}`);
  }
  run([
    `${TRIPLES[cpu]}-gcc`,
    ...["-shared", "-fPIC", "-nostdlib", "-fno-builtin", "-w", `-Wl,-soname,${LOADERS[cpu]}`],
    ...["-o", `${libraries}/${LOADERS[cpu]}`, SHIM],
  ]);
  return { folder: libraries, shim: `${libraries}/${LOADERS[cpu]}` };
}

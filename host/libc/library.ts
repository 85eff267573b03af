/**
 * Opens a library of the machine through the foreign function interface of either runtime: one
 * table of signatures in, functions out.
 * @module
 */

import { existsSync } from "node:fs";
import process from "node:process";
import { EnvironmentError } from "../environment_error.ts";
import {
  denoGlobal,
  type ForeignFunction,
  hasForeignFunctions,
  runtimeVersion,
} from "../runtime.ts";

/**
 * A C type as both runtimes can pass it. A `buffer` is a typed array; its first byte is passed. A
 * `pointer` is an address that another function returned.
 */
export type ParameterType = "i32" | "u32" | "i64" | "usize" | "buffer" | "pointer";

/** What comes back: a 32-bit or 64-bit signed integer, or an address. */
export type ResultType = "i32" | "i64" | "pointer";

/** The shape of one C function. */
export interface Signature {
  readonly parameters: readonly ParameterType[];
  readonly result: ResultType;
}

/** An opened library: its functions, and a way to look at memory behind an address. */
export interface Library<Name extends string> {
  readonly functions: Readonly<Record<Name, ForeignFunction>>;
  /** The bytes behind an address, live, not copied. */
  view(pointer: unknown, sizeBytes: number): ArrayBuffer;
}

/** The C library: glibc's name of it, to which musl answers too. The process has it already. */
export const C_LIBRARY = "libc.so.6";

/**
 * Where a library of this name is, in the folders of the system. Libraries that the process does
 * not have yet are opened by their paths only: Bun would look in the current folder as well, where
 * anybody may have put one.
 */
export function systemLibraries(name: string, architecture: string = process.arch): string[] {
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  return [`/usr/lib/${machine}-linux-gnu`, "/usr/lib64", "/usr/lib", "/lib64", "/lib"]
    .map((folder) => `${folder}/${name}`)
    .filter((path) => existsSync(path));
}

/**
 * Opens the first library that can be opened and has all the functions.
 *
 * @param names Absolute paths, or `C_LIBRARY`.
 * @throws EnvironmentError when none can be opened, naming each with its reason.
 */
export function openLibrary<Name extends string>(
  names: readonly string[],
  signatures: Readonly<Record<Name, Signature>>,
): Library<Name> {
  requireForeignFunctions("call the C library");
  const open = denoGlobal() === undefined ? bunOpener() : denoOpener();
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return open(name, signatures);
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new EnvironmentError(
    `cannot open ${names.join(" or ")}: ${reasons.join("; ") || "it is not there"}. ` +
      "Run icecore on a Linux system with glibc or musl, with foreign functions allowed " +
      "(under Deno: --allow-ffi) and address space not limited (ulimit -v unlimited).",
    "no-library",
  );
}

/**
 * Refuses what cannot be done without calling C functions, before it is begun.
 *
 * @param what For the message, e.g. `extract`.
 * @throws EnvironmentError `no-foreign-functions`
 */
export function requireForeignFunctions(what: string): void {
  if (hasForeignFunctions()) return;
  throw new EnvironmentError(
    `cannot ${what} on ${runtimeVersion()}: it cannot call the C library. Use Deno or Bun; ` +
      "reading, verifying and exporting images work here.",
    "no-foreign-functions",
  );
}

type Opener = <Name extends string>(
  path: string,
  signatures: Readonly<Record<Name, Signature>>,
) => Library<Name>;

function denoOpener(): Opener {
  const deno = denoGlobal()!;
  return <Name extends string>(path: string, signatures: Readonly<Record<Name, Signature>>) => ({
    functions: deno.dlopen(path, { ...signatures }).symbols as Record<Name, ForeignFunction>,
    view: (pointer, sizeBytes) => deno.UnsafePointerView.getArrayBuffer(pointer, sizeBytes),
  });
}

interface BunFfi {
  dlopen(
    path: string,
    symbols: Record<string, { args: string[]; returns: string }>,
  ): { symbols: Record<string, ForeignFunction> };
  toArrayBuffer(pointer: unknown, offset: number, sizeBytes: number): ArrayBuffer;
}

function bunOpener(): Opener {
  const ffi = process.getBuiltinModule("bun:ffi") as unknown as BunFfi;
  const types: Record<ParameterType | ResultType, string> = {
    i32: "i32",
    u32: "u32",
    i64: "i64",
    usize: "usize",
    buffer: "ptr",
    pointer: "ptr",
  };
  return <Name extends string>(path: string, signatures: Readonly<Record<Name, Signature>>) => {
    const symbols: Record<string, { args: string[]; returns: string }> = {};
    for (const [name, { parameters, result }] of Object.entries<Signature>(signatures)) {
      symbols[name] = { args: parameters.map((type) => types[type]), returns: types[result] };
    }
    return {
      functions: ffi.dlopen(path, symbols).symbols as Record<Name, ForeignFunction>,
      view: (pointer, sizeBytes) => ffi.toArrayBuffer(pointer, 0, sizeBytes),
    };
  };
}

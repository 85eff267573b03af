/**
 * Opens a library of the machine through the foreign function interface of either runtime: one
 * table of signatures in, functions out.
 * @module
 */

import process from "node:process";
import { denoGlobal, type ForeignFunction } from "../runtime.ts";

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

/** File names of the C library, glibc or musl, the likeliest first. */
export function libraryNames(architecture: string = process.arch): string[] {
  const machine = architecture === "arm64" ? "aarch64" : "x86_64";
  return ["libc.so.6", `libc.musl-${machine}.so.1`, `/lib/ld-musl-${machine}.so.1`, "libc.so"];
}

/**
 * Opens the first library that can be opened and has all the functions.
 *
 * @param names File names as the dynamic linker knows them, or paths.
 * @throws Error when none can be opened, naming each with its reason.
 */
export async function openLibrary<Name extends string>(
  names: readonly string[],
  signatures: Readonly<Record<Name, Signature>>,
): Promise<Library<Name>> {
  const open = denoGlobal() === undefined ? await bunOpener() : denoOpener();
  const reasons: string[] = [];
  for (const name of names) {
    try {
      return open(name, signatures);
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new Error(
    `cannot open ${names[0]}: ${reasons.join("; ")}. ` +
      "Run icecore on a Linux system with glibc or musl, with foreign functions allowed " +
      "(under Deno: --allow-ffi).",
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

async function bunOpener(): Promise<Opener> {
  // A name that the type checker and Deno do not look up.
  const specifier = "bun:ffi";
  const ffi = await import(specifier) as BunFfi;
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

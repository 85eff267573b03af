/**
 * Which runtime carries us. The only folder that may ask is `host/`, and within it this file
 * answers for most.
 * @module
 */

import process from "node:process";

/** The part of Deno's global that `host/` uses. */
export interface DenoGlobal {
  readonly version: { readonly deno: string };
  dlopen(
    path: string,
    symbols: Record<string, { parameters: readonly string[]; result: string }>,
  ): { readonly symbols: Record<string, ForeignFunction> };
  readonly UnsafePointerView: {
    getArrayBuffer(pointer: unknown, byteLength: number): ArrayBuffer;
  };
  readonly build: { readonly standalone?: boolean };
}

/** A C function, called with numbers and buffers. */
// deno-lint-ignore no-explicit-any -- the argument types are stated in the table of signatures
export type ForeignFunction = (...parameters: any[]) => any;

/** Deno's global object, or `undefined` under Bun. */
export function denoGlobal(): DenoGlobal | undefined {
  return (globalThis as { Deno?: DenoGlobal }).Deno;
}

/** Whether C functions can be called: Node has no such interface, and reads images all the same. */
export function hasForeignFunctions(): boolean {
  return denoGlobal() !== undefined || process.versions["bun"] !== undefined;
}

/** The runtime's name and version, e.g. `deno 2.9.6`. */
export function runtimeVersion(): string {
  const deno = denoGlobal();
  if (deno !== undefined) return `deno ${deno.version.deno}`;
  return process.versions["bun"] === undefined
    ? `node ${process.versions["node"]}`
    : `bun ${process.versions["bun"]}`;
}

/**
 * Frees what a finished phase of work left behind. Bun lets garbage grow to several times what is
 * in use, the more the larger the machine; Deno needs no telling.
 */
export function collectGarbage(): void {
  (globalThis as { Bun?: { gc(isSynchronous: boolean): void } }).Bun?.gc(true);
}

/** Why icecore cannot run here, or `undefined` where it can: Linux on x64 or arm64. */
export function unsupportedPlatform(
  platform: string = process.platform,
  architecture: string = process.arch,
): string | undefined {
  if (platform === "linux" && (architecture === "x64" || architecture === "arm64")) {
    return undefined;
  }
  return `cannot run on ${platform} ${architecture}: icecore speaks to the Linux kernel directly. ` +
    "Run it on Linux on x64 or arm64, for instance in a virtual machine.";
}

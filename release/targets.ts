/**
 * The machines that a release is for.
 * @module
 */

/** One of them. */
export interface Target {
  /** As `compile.sh --target` names it. */
  readonly name: string;
  readonly cpu: "x64" | "arm64";
  readonly libc: "glibc" | "musl";
  /** The architecture as Debian calls it. */
  readonly debian: "amd64" | "arm64";
}

/** All of them. */
export const TARGETS: readonly Target[] = [
  { name: "linux-x64", cpu: "x64", libc: "glibc", debian: "amd64" },
  { name: "linux-arm64", cpu: "arm64", libc: "glibc", debian: "arm64" },
  { name: "linux-x64-musl", cpu: "x64", libc: "musl", debian: "amd64" },
  { name: "linux-arm64-musl", cpu: "arm64", libc: "musl", debian: "arm64" },
];

/** The file name of a target's executable. */
export function executableName({ name }: Target): string {
  return `icecore-${name}`;
}

/** The npm package that holds a target's executable, which the package `icecore` picks from. */
export function npmPackageOf(target: Target, version: string, licence: string): object {
  return {
    name: executableName(target),
    version,
    description: `The executable of icecore for ${target.name}`,
    license: licence,
    os: ["linux"],
    cpu: [target.cpu],
    libc: [target.libc],
    files: ["bin/icecore"],
    exports: { "./bin/icecore": "./bin/icecore", "./package.json": "./package.json" },
  };
}

/**
 * The Debian package.
 * @module
 */

import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { run } from "./run.ts";

/** What goes into the package. */
export interface Contents {
  readonly executable: string;
  readonly architecture: "amd64" | "arm64";
  readonly version: string;
  readonly licence: string;
  /** Licences of what is in the executable. */
  readonly thirdParty: string;
  /** By file name, e.g. `icecore.1`. */
  readonly manual: ReadonlyMap<string, string>;
  readonly completions: Readonly<Record<"bash" | "zsh" | "fish", string>>;
  /** The time of the release, in seconds since 1970. */
  readonly epoch: number;
}

/** The file name as Debian wants it. */
export function packageName({ architecture, version }: Contents): string {
  return `icecore_${version}-1_${architecture}.deb`;
}

/**
 * The control file.
 *
 * @param glibc The newest version of the C library that the executable asks for.
 */
export function controlFile(
  { architecture, version }: Pick<Contents, "architecture" | "version">,
  glibc: string,
  installedBytes: number,
): string {
  return `Package: icecore
Version: ${version}-1
Architecture: ${architecture}
Maintainer: icecore maintainers <maintainers@icecore.invalid>
Installed-Size: ${Math.ceil(installedBytes / 1024)}
Depends: libc6 (>= ${glibc})
Recommends: e2fsprogs, mount
Suggests: age, fuse2fs, fuse-overlayfs, par2, zstd
Section: utils
Priority: optional
Description: folder as one small, read-only, checksummed ext4 image
 Turns a folder into one image in one pass, without root and without other
 programs. An image is mounted, or read in place, from disk or over HTTP.
 .
 Images are plain ext4: "mount -o loop" and "e2fsck" know them. A record in
 each image holds the digest of every file, by which damage is found and named.
`;
}

/** The newest version of glibc among the symbols that an executable asks for. */
export function newestGlibc(symbols: string): string {
  const versions = [...symbols.matchAll(/GLIBC_(\d+)\.(\d+)/g)]
    .map(([, major, minor]) => [Number(major), Number(minor)] as const)
    .sort(([a, b], [c, d]) => a - c || b - d);
  const [major, minor] = versions.at(-1) ?? [2, 17];
  return `${major}.${minor}`;
}

/** What lintian is asked not to say, and why. */
const OVERRIDES = `# The program lies in a section that strip would take away.
icecore: unstripped-binary-or-object
# These are of the runtime Bun, which is linked as it comes.
icecore: embedded-library
icecore: hardening-no-pie
icecore: hardening-no-relro
# There is no bug to close: the package is not in Debian.
icecore: initial-upload-closes-no-bugs
`;

/**
 * Makes the package.
 *
 * @param folder Where it is put together; `icecore` below it must not exist.
 * @param compression Of dpkg-deb: `xz` is smaller, `gzip` faster.
 * @returns its path
 */
export function debianPackage(
  contents: Contents,
  folder: string,
  compression: "xz" | "gzip" = "xz",
): string {
  const root = join(folder, `icecore-${contents.architecture}`);
  const place = (path: string, bytes: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  };
  const packed = (text: string) => gzipSync(text, { level: 9 });
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  copyFileSync(contents.executable, join(root, "usr/bin/icecore"));
  for (const [name, text] of contents.manual) {
    place(`usr/share/man/man1/${name}.gz`, packed(text));
  }
  const { bash, zsh, fish } = contents.completions;
  place("usr/share/bash-completion/completions/icecore", bash);
  place("usr/share/zsh/vendor-completions/_icecore", zsh);
  place("usr/share/fish/vendor_completions.d/icecore.fish", fish);
  const date = new Date(contents.epoch * 1000).toUTCString().replace("GMT", "+0000");
  place(
    "usr/share/doc/icecore/changelog.Debian.gz",
    packed(
      `icecore (${contents.version}-1) unstable; urgency=medium\n\n  * Version ${contents.version}.\n\n` +
        ` -- icecore maintainers <maintainers@icecore.invalid>  ${date}\n`,
    ),
  );
  place("usr/share/doc/icecore/copyright", copyright(contents));
  place("usr/share/doc/icecore/THIRD-PARTY-LICENCES.gz", packed(contents.thirdParty));
  place("usr/share/lintian/overrides/icecore", OVERRIDES);
  place("DEBIAN/control", "");
  const glibc = newestGlibc(run(["objdump", "-T", contents.executable]));
  const sizeBytes = tidy(root, contents.epoch);
  place("DEBIAN/control", controlFile(contents, glibc, sizeBytes));
  tidy(root, contents.epoch);
  const path = join(folder, packageName(contents));
  const level = compression === "xz" ? ["-z3"] : ["-z1"];
  run(["dpkg-deb", "--root-owner-group", `-Z${compression}`, ...level, "--build", root, path], {
    env: { SOURCE_DATE_EPOCH: String(contents.epoch) },
  });
  return path;
}

function copyright({ licence }: Contents): string {
  return `icecore is distributed under this licence:\n\n${licence}\n` +
    "The executable holds the runtime Bun and npm packages; what they are distributed under is in\n" +
    "THIRD-PARTY-LICENCES.gz beside this file. Those under the Apache License 2.0 are so under the\n" +
    "terms in /usr/share/common-licenses/Apache-2.0.\n";
}

/** Gives all files the modes and the time they have in the package. @returns their bytes */
function tidy(folder: string, epoch: number): number {
  let sizeBytes = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const status = lstatSync(path);
    if (status.isDirectory()) sizeBytes += tidy(path, epoch);
    else {
      sizeBytes += status.size;
      chmodSync(path, name === "icecore" && path.endsWith("usr/bin/icecore") ? 0o755 : 0o644);
      utimesSync(path, epoch, epoch);
    }
  }
  chmodSync(folder, 0o755);
  utimesSync(folder, epoch, epoch);
  return sizeBytes;
}

/**
 * Images as they are stored: encrypted and compressed by the real programs, or by icecore's plugins;
 * and what is in them, to be compared.
 * @module
 */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline, recipes } from "../../../mod.ts";
import type { ImageReader, OpenImageOptions } from "../../../read.ts";
import { pattern } from "../trees/source_folder.ts";

/** A folder with keys and an image. */
export interface StoredPlace {
  readonly folder: string;
  /** The folder that was built. */
  readonly source: string;
  /** The plain image, a few MB. */
  readonly image: string;
}

let made: Promise<StoredPlace> | undefined;

/** Gives a folder a copy of an image that is built once; its source is not to be written to. */
export async function storedPlace(folder: string): Promise<StoredPlace> {
  const { source, image: first } = await (made ??= makePlace());
  const image = join(folder, "photos.img");
  copyFileSync(first, image);
  return { folder, source, image };
}

/** It lasts as long as this process. */
async function makePlace(): Promise<StoredPlace> {
  const folder = mkdtempSync(`${tmpdir()}/icecore-stored-`);
  addEventListener("unload", () => rmSync(folder, { recursive: true, force: true }));
  const source = join(folder, "photos");
  mkdirSync(join(source, "many"), { recursive: true });
  mkdirSync(join(source, "2024/01"), { recursive: true });
  writeFileSync(join(source, "readme.txt"), "An ice core is drilled once.\n");
  writeFileSync(join(source, "2024/01/ice.jpg"), noise(3_000_000, 1));
  writeFileSync(join(source, "2024/text"), "An ice core never changes.\n".repeat(30_000));
  writeFileSync(join(source, "last.bin"), pattern(100_001, 9));
  for (let i = 0; i < 1200; i++) writeFileSync(join(source, `many/${i}`), noise(i * 7, i));
  const image = join(folder, "photos.img");
  await pipeline(recipes.native).run({ sources: [source], output: image });
  return { folder, source, image };
}

/** Bytes that do not compress, the same each time. */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, i = 0; at < length; at += 64, i++) {
    const block = createHash("sha512").update(`${seed} ${i}`).digest();
    bytes.set(block.subarray(0, Math.min(64, length - at)), at);
  }
  return bytes;
}

/** Runs a program that must succeed. @returns What it prints. */
export function tool(program: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** A private key in a file, and the public half as a recipient. */
export interface Key {
  readonly file: string;
  readonly recipient: string;
}

/** Makes a key of `age-keygen`. */
export function ageKey(folder: string, name = "age.key"): Key {
  const file = join(folder, name);
  tool("age-keygen", ["-o", file]);
  return { file, recipient: tool("age-keygen", ["-y", file]).trim() };
}

/** Makes a key of `ssh-keygen`. */
export function sshKey(
  folder: string,
  kind: "ed25519" | "rsa",
  { name = `id_${kind}`, passphrase = "", more = [] as readonly string[] } = {},
): Key {
  const file = join(folder, name);
  tool("ssh-keygen", ["-q", "-t", kind, "-N", passphrase, "-f", file, ...more]);
  return { file, recipient: readFileSync(`${file}.pub`, "utf8").trim() };
}

/** Encrypts with the program age. @returns The path of the result. */
export function ageEncrypt(from: string, recipients: readonly string[], ...more: string[]): string {
  const to = recipients.flatMap((recipient) => ["-r", recipient]);
  tool("age", [...to, ...more, "-o", `${from}.age`, from]);
  return `${from}.age`;
}

/** Encrypts with the program age and a passphrase, which it takes from a terminal alone. */
export function ageEncryptByPassphrase(from: string, passphrase: string): string {
  const command = `age -p -o ${from}.age ${from}`;
  tool("script", ["-qec", command, "/dev/null"], `${passphrase}\n${passphrase}\n`);
  return `${from}.age`;
}

/** All that an image has: a line a name, with metadata and a digest of the contents. */
export async function contentsOf(image: ImageReader): Promise<string[]> {
  const lines: string[] = [];
  for await (const { pathText, stat } of image.walk()) {
    const hash = createHash("sha256");
    if (stat.kind === "file") {
      for await (const piece of await image.readFile(stat.inode)) hash.update(piece);
    }
    const { kind, mode, sizeBytes, mtime } = stat as unknown as Record<string, unknown>;
    lines.push([pathText, kind, mode, sizeBytes, String(mtime), hash.digest("hex")].join(" "));
  }
  return lines;
}

/** Options with the identities in files. */
export function withKeys(...keys: readonly Key[]): OpenImageOptions {
  return { identities: keys.map(({ file }) => readFileSync(file)) };
}

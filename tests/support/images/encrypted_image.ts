/**
 * An image with a folder that the kernel encrypted.
 * @module
 */

import { closeSync, existsSync, mkdirSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../programs/oracles.ts";
import type { Requirements } from "../programs/requirements.ts";

/** What making one needs of the machine, besides {@linkcode hasFscrypt}. */
export const FSCRYPT: Requirements = { programs: ["mkfs.ext4", "mount", "umount"], loop: true };

/** Whether the kernel encrypts folders of ext4. */
export const hasFscrypt = existsSync("/sys/fs/ext4/features/encryption");

/** `_IOWR('f', 23, struct fscrypt_add_key_arg)` and `_IOW('f', 19, struct fscrypt_policy_v1)`. */
const ADD_KEY = 0xc050_6617n;
const SET_POLICY = 0x800c_6613n;
const KEY_BYTES = 64;

/**
 * Makes an image with `plain/a` and an encrypted folder `private`: a file, a link, and a folder with
 * a file whose name is long. @param mountpoint an empty folder
 */
export function makeEncryptedImage(image: string, mountpoint: string): void {
  output("mkfs.ext4", ["-q", "-F", "-O", "encrypt", "-b", "4096", image, "8M"]);
  output("mount", ["-o", "loop", image, mountpoint]);
  try {
    mkdirSync(join(mountpoint, "plain"));
    writeFileSync(join(mountpoint, "plain/a"), "plain");
    const folder = join(mountpoint, "private");
    mkdirSync(folder);
    encrypt(mountpoint, folder);
    writeFileSync(join(folder, "secret.txt"), "secret");
    symlinkSync("secret.txt", join(folder, "link"));
    mkdirSync(join(folder, "inner"));
    writeFileSync(join(folder, "inner", "n".repeat(100)), "deep");
  } finally {
    output("umount", [mountpoint]);
  }
}

/** Source: kernel include/uapi/linux/fscrypt.h. */
function encrypt(root: string, folder: string): void {
  const key = new Uint8Array(80 + KEY_BYTES);
  const view = new DataView(key.buffer);
  view.setUint32(0, 2, true); // FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER
  view.setUint32(40, KEY_BYTES, true);
  key.fill(7, 80);
  control(root, ADD_KEY, key);
  const policy = new Uint8Array(24);
  policy.set([2, 1, 4, 3]); // version, AES-256-XTS, AES-256-CTS, names padded to 32 bytes
  policy.set(key.subarray(8, 24), 8);
  control(folder, SET_POLICY, policy);
}

function control(path: string, request: bigint, argument: Uint8Array<ArrayBuffer>): void {
  const libc = Deno.dlopen("libc.so.6", {
    ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  });
  const fd = openSync(path, "r");
  try {
    const failed = libc.symbols.ioctl(fd, request, argument) !== 0;
    if (failed) throw new Error(`ioctl ${request.toString(16)} of ${path} failed`);
  } finally {
    closeSync(fd);
    libc.close();
  }
}

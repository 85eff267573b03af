/**
 * A folder with one of everything, as a source for `mkfs.ext4 -d`.
 * @module
 */

import { linkSync, mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { output } from "../programs/oracles.ts";

/** Bytes that differ from place to place. */
export function pattern(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 9) * 7 + salt) & 0xff);
}

/** Fills an existing folder. Needs root, `mknod`, `setfattr` and `setfacl`. */
export function fillSourceFolder(root: string): void {
  const at = (path: string) => join(root, path);
  writeFileSync(at("empty"), "");
  writeFileSync(at("tiny"), "hello\n");
  for (const size of [59, 60, 61, 130, 160, 1023, 1024, 4097, 300_000]) {
    writeFileSync(at(`of-${size}`), pattern(size, size));
  }
  writeFileSync(at("sparse"), "start");
  truncateSync(at("sparse"), 9_000_000);
  output("dd", [
    "if=/dev/zero",
    `of=${at("holes")}`,
    "bs=4096",
    "count=3",
    "seek=700",
    "status=none",
  ]);
  mkdirSync(at("many"));
  for (let i = 0; i < 700; i++) writeFileSync(at(`many/some-longer-name-${i}`), `${i}`);
  mkdirSync(at("few"));
  for (const name of ["a", "b", "naïve"]) writeFileSync(at(`few/${name}`), name);
  mkdirSync(at("deep/er/and/deeper"), { recursive: true });
  writeFileSync(at(`deep/er/and/deeper/${"n".repeat(255)}`), "long name");
  for (const length of [1, 59, 60, 61, 500]) symlinkSync("t".repeat(length), at(`link-${length}`));
  linkSync(at("tiny"), at("few/hard"));
  output("mknod", [at("pipe"), "p"]);
  output("mknod", [at("null"), "c", "1", "3"]);
  output("mknod", [at("big-device"), "b", "259", "70000"]);
  output("chown", ["70000:80000", at("of-1024")]);
  output("chmod", ["4751", at("of-1024")]);
  utimesSync(at("of-1023"), 5_000_000_000, 6_000_000_000.25);
  utimesSync(at("of-4097"), -1, -2_000_000_000);
  output("setfattr", ["-n", "user.comment", "-v", "short", at("tiny")]);
  output("setfattr", ["-n", "user.large", "-v", "x".repeat(600), at("of-130")]);
  output("setfattr", ["-n", "user.empty", at("of-130")]);
  output("setfattr", ["-n", "trusted.thing", "-v", "on a folder", at("few")]);
  output("setfattr", ["-h", "-n", "trusted.link", "-v", "on a link", at("link-500")]);
  output("setfacl", ["-m", "u:1234:rw,g:77:r", at("of-300000")]);
  output("setfacl", ["-d", "-m", "u:1234:rwx", at("deep")]);
}

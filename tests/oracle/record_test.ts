/**
 * What programs that know nothing of the record make of an image that has one, and what becomes of
 * the record when they change the image: it is right, or named stale; nothing is called damaged.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasCode } from "../../host/libc/errno.ts";
import { openImage } from "../../image/open_image.ts";
import { type VerifyFailure, verifyImage } from "../../image/verify.ts";
import { withManyFiles } from "../support/images/damaged_image.ts";
import { assertE2fsckClean, output, run, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

/** The record as it lies at the end of an image. */
function recordOf(image: string): Uint8Array {
  const bytes = readFileSync(image);
  const start = bytes.lastIndexOf("icecore\0");
  return bytes.subarray(start, start + 64 + 32 * (bytes.readUInt32LE(start + 16) + 1));
}

testWith(
  { programs: ["7z"] },
  "7-Zip lists the record as a boot loader, and unpacks it",
  () =>
    withManyFiles((image, _, place) => {
      const listed = output("7z", ["l", "-slt", image]);
      const size = recordOf(image).length;
      assert.match(listed, new RegExp(`Path = \\[SYS\\]/BootLoader\\n(.+\\n)*?Size = ${size}\\n`));
      output("7z", ["x", `-o${join(place, "out")}`, image]);
      const unpacked = readFileSync(join(place, "out/[SYS]/BootLoader"));
      assert.equal(Buffer.compare(unpacked, recordOf(image)), 0);
      assert.equal(
        readFileSync(join(place, "out/many/f7"), "utf8"),
        readFileSync(join(place, "many/f7"), "utf8"),
      );
      return Promise.resolve();
    }),
);

testWith(
  { programs: ["grub-fstest"] },
  "GRUB lists and reads the files beside the record",
  () =>
    withManyFiles((image, paths, place) => {
      const listed = output("grub-fstest", [image, "ls", "(loop0)/many/"]).trim().split(/\s+/);
      assert.deepEqual(listed.map((name) => `many/${name}`).sort(), [...paths].sort());
      const { stdout } = run("grub-fstest", [image, "cat", "(loop0)/many/f299"]);
      assert.equal(Buffer.compare(stdout, readFileSync(join(place, "many/f299"))), 0);
      return Promise.resolve();
    }),
);

testWith(
  { programs: ["debugfs", "e2fsck"] },
  "debugfs prints the record, e2fsck is silent",
  () =>
    withManyFiles((image) => {
      const { stdout } = run("debugfs", ["-R", "cat <5>", image]);
      assert.equal(Buffer.compare(stdout, recordOf(image)), 0);
      assertE2fsckClean(image);
      return Promise.resolve();
    }),
);

testWith(
  { programs: ["mount", "umount", "diff"], loop: true },
  "in the mounted image there is the source, and nothing else",
  () =>
    withManyFiles((image, _, place) =>
      withMount(image, place, (mountpoint) => {
        output("diff", ["-r", join(place, "many"), join(mountpoint, "many")]);
        const names = output("ls", ["-A", mountpoint]).trim().split("\n");
        assert.deepEqual(names.filter((name) => name !== "lost+found"), ["many"]);
      })
    ),
);

/** Makes an image larger, as nobody does with a backup, so that `-M` has blocks to move back. */
const GROW_BYTES = 40 << 20;

interface Change {
  readonly name: string;
  readonly programs: readonly string[];
  readonly loop?: boolean;
  /** What is certain; without, either will do. */
  readonly state?: "sound" | "stale";
  /** @returns the image that is then looked at */
  change(image: string, place: string): string | Promise<string>;
}

/** Runs a program on an image; e2fsck says with 1 that it has changed something. */
function on(image: string, program: string, ...args: string[]): string {
  const { exitCode, stdout, stderr } = run(program, args);
  const isDone = exitCode === 0 || (program === "e2fsck" && exitCode === 1);
  assert.ok(isDone, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stdout)}${stderr}`);
  return image;
}

/** resize2fs and the kernel ask for it. */
function writable(image: string): string {
  on(image, "tune2fs", "-f", "-O", "^read-only", image);
  return on(image, "e2fsck", "-fy", image);
}

function grown(image: string): string {
  truncateSync(image, statSync(image).size + GROW_BYTES);
  return on(image, "resize2fs", image);
}

const changes: readonly Change[] = [
  {
    name: "dumpe2fs",
    programs: ["dumpe2fs"],
    state: "sound",
    change: (image) => on(image, "dumpe2fs", image),
  },
  {
    name: "e2fsck -fn",
    programs: ["e2fsck"],
    state: "sound",
    change: (image) => on(image, "e2fsck", "-fn", image),
  },
  {
    name: "e2fsck -fy",
    programs: ["e2fsck"],
    state: "sound",
    change: (image) => on(image, "e2fsck", "-fy", image),
  },
  {
    name: "e2fsck -fyD",
    programs: ["e2fsck", "tune2fs"],
    change: (image) => on(writable(image), "e2fsck", "-fyD", image),
  },
  {
    name: "tune2fs -U",
    programs: ["tune2fs"],
    state: "sound",
    change: (image) => on(image, "tune2fs", "-f", "-U", "random", image),
  },
  {
    name: "tune2fs -L",
    programs: ["tune2fs"],
    state: "sound",
    change: (image) => on(image, "tune2fs", "-f", "-L", "another", image),
  },
  {
    name: "e2image -ra",
    programs: ["e2image"],
    state: "sound",
    change: (image) => on(`${image}-copy`, "e2image", "-ra", image, `${image}-copy`),
  },
  {
    name: "resize2fs -M",
    programs: ["resize2fs", "tune2fs", "e2fsck"],
    change: (image) => on(writable(image), "resize2fs", "-M", image),
  },
  {
    name: "resize2fs to more",
    programs: ["resize2fs", "tune2fs", "e2fsck"],
    change: (image) => grown(writable(image)),
  },
  {
    name: "resize2fs to more and then -M",
    programs: ["resize2fs", "tune2fs", "e2fsck"],
    change: (image) => on(grown(writable(image)), "resize2fs", "-M", image),
  },
  {
    name: "a writable mount that wrote a file",
    programs: ["mount", "umount", "tune2fs", "e2fsck"],
    loop: true,
    state: "stale",
    change: (image, place) =>
      mountedWritable(image, place, (mountpoint) => {
        writeFileSync(join(mountpoint, "many/f6"), "written later");
      }),
  },
  {
    name: "a writable mount that wrote nothing",
    programs: ["mount", "umount", "tune2fs", "e2fsck"],
    loop: true,
    state: "sound",
    change: (image, place) => mountedWritable(image, place, () => {}),
  },
];

async function mountedWritable(
  image: string,
  place: string,
  use: (mountpoint: string) => void,
): Promise<string> {
  await withMount(writable(grown(writable(image))), place, use, "loop,noatime");
  return image;
}

for (const { name, programs, loop = false, state, change } of changes) {
  testWith(
    { programs, loop },
    `after ${name} the record is ${state ?? "right or stale"}, and nothing is called damaged`,
    () =>
      withManyFiles(async (original, paths, place) => {
        const before = readFileSync(original);
        copyFileSync(original, `${original}-changed`);
        const image = await change(`${original}-changed`, place);
        const failures: VerifyFailure[] = [];
        const onFailure = (failure: VerifyFailure) => failures.push(failure);
        const found = await verifyImage(image, { onFailure }).catch((error) => {
          // Without a side file there is nothing else to compare contents with.
          if (!hasCode(error, "no-side-file")) throw error;
          assert.match(error.message, /its inodes are not those that the record was made for/);
          return verifyImage(image, { onFailure, digest: "never" });
        });
        assert.deepEqual(failures, []);
        const allowed: readonly string[] = state === undefined ? ["sound", "stale"] : [state];
        assert.ok(allowed.includes(found.record.state), found.record.state);
        assert.equal(found.contents?.countFiles, found.record.state === "sound" ? 300 : undefined);
        await using reader = await openImage(image);
        for (const path of paths) await new Response(await reader.readFile(path)).bytes();
        if (name === "dumpe2fs") assert.ok(before.equals(readFileSync(image)));
      }),
  );
}

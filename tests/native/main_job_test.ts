/**
 * The main job with the native recipe on a tree with one of everything that a real file system can
 * hold, scanned by system calls and judged by the kernel and e2fsck.
 */

import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { icecore, inLab, type Lab } from "../faults/lab.ts";
import { assertE2fsckClean, output, withMount } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";

const NEEDS = {
  root: true,
  loop: true,
  programs: ["e2fsck", "tune2fs", "mount", "umount", "setfattr", "setfacl", "setcap", "sha512sum"],
};

/** One of everything, at its limits. */
const EVERYTHING = `
cd "$1"
printf data > file; : > empty; mkdir folder "folder/none"; ln file link; ln -s file symlink
ln -s "$(printf %59s x | tr ' ' y)" target59; ln -s "$(printf %60s x | tr ' ' y)" target60
ln -s "$(printf %4095s x | tr ' ' y)" target4095
mknod null c 1 3; mknod block b 259 70000; mkfifo fifo
touch "$(printf %255s x | tr ' ' n)" "$(printf 'latin \\344')" "$(printf 'new\\nline')" -- '-dash' ' '
chown 4294967294:4294967294 file; chmod 6711 file; chmod 0000 empty; chmod 1777 folder
truncate -s 1T sparse
for at in 0 524288; do echo mark | dd of=sparse bs=1M seek=$at conv=notrunc status=none; done
printf end | dd of=sparse bs=4096 seek=268435455 conv=notrunc status=none
touch -d '1901-12-14 00:00:00' empty; touch -d '1969-12-31 23:59:59.5' 'folder/none'
touch -d '2038-01-20 03:14:07.123456789' link; touch -d '2446-05-10 22:38:55' fifo
setfattr -n user.small -v 1 file; setfattr -n user.big -v "$(printf %3000s x)" sparse
for i in $(seq 50); do setfattr -n user.number$i -v "$i" empty; done
setfacl -m u:1234:rw,g:77:r -- file; setfacl -d -m u:1234:rwx folder
cp /bin/true able; setcap cap_net_raw+ep able
mkdir many; cd many; seq -f 'name with some length %g' 30000 | xargs -d '\\n' touch; cd ..
name=$(printf %200s x | tr ' ' d)
for i in $(seq 51); do mkdir "$name"; cd -P "./$name"; done; echo deep > bottom
`;

/** Everything but what is the file system's own affair: sizes and links of folders. */
const FACTS = String
  .raw`find . ! -type d -printf "%y %m %U %G %s %T@ %n %l %P\0" -o -printf "d %m %U %G %T@ %P\0" |
  sort -z | sha512sum
find . -type f ! -name sparse ! -perm 0 -execdir sha512sum {} + | cut -d' ' -f1 | sort | sha512sum
getfattr -d -m - -h -e hex -- * | sha512sum
getfacl -n -- * | sha512sum
for at in 0 134217727 134217728 268435455; do dd if=sparse bs=4096 count=1 skip=$at status=none; done |
  sha512sum`;

function facts(folder: string): string {
  return output("sh", ["-euc", `cd "$1"; ${FACTS}`, "sh", folder]);
}

async function buildEverything(lab: Lab, more: readonly string[]): Promise<void> {
  output("sh", ["-euc", EVERYTHING, "sh", lab.source]);
  const { code, stdout, stderr } = await icecore(lab, [
    "build",
    "source",
    "-o",
    "out.img",
    ...more,
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^[0-9a-f]{128} {2}out\.img\n$/);
}

// A target of 4,095 bytes needs a block of that size.
for (const blockSize of ["auto", "4096"]) {
  testWith(NEEDS, `an image holds one of everything, in blocks of ${blockSize}`, async () => {
    await inLab(async (lab) => {
      await buildEverything(lab, ["--block-size", blockSize]);
      assertE2fsckClean(lab.at("out.img"));
      assert.match(output("tune2fs", ["-l", lab.at("out.img")]), /features:.* read-only/);
      output("sha512sum", ["--check", "out.img.sha512"], lab.folder);
      await withMount(lab.at("out.img"), lab.folder, (mountpoint) => {
        assert.equal(facts(`${mountpoint}/source`), facts(lab.source));
      });
      assert.ok(statSync(lab.at("out.img")).size < 16 * 2 ** 20, "holes stay holes");
    });
  });
}

testWith(NEEDS, "the own checker finds nothing wrong with one of everything either", async () => {
  await inLab((lab) => buildEverything(lab, ["--set", "fsck.checker=both"]));
});

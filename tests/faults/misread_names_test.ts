import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { mountAt } from "../../host/mounts/mount_table.ts";
import { mountImage } from "../../image/mount_image.ts";
import { output, run } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertNothingBuilt,
  assertNothingLeft,
  icecore,
  inLab,
  type Lab,
  outputsOf,
  REAL,
} from "./lab.ts";

/** Names that some program takes for more than a name. */
const NAMES = [
  "out?offset=1.img",
  "out?",
  "out*[a]{b}.img",
  "out=UUID=1,ro.img",
  "out:a b.img",
  "-out@.img",
  "out'\"$(x)`.img",
  "out\\n\n.img",
];

/** Builds in a folder whose name is to be misread, with temporary files in another. */
async function builds(lab: Lab, name: string, flags: readonly string[]): Promise<void> {
  mkdirSync(lab.at("folder?offset=1"), { recursive: true });
  mkdirSync(lab.at("tmp/tmp?offset=1,x"), { recursive: true });
  const env = { TMPDIR: lab.at("tmp/tmp?offset=1,x") };
  for (const folder of ["folder?offset=1", "."]) {
    const args = ["build", "source", "-o", `./${folder}/${name}`, ...flags];
    const { code, stderr } = await icecore(lab, args, { env });
    assert.equal(code, 0, `${name}: ${stderr}`);
    const made = readdirSync(lab.at(folder)).filter((each) => each.startsWith(name));
    assert.deepEqual(made.sort(), [name, `${name}.sha512`]);
    renameSync(lab.at(`${folder}/${name}`), lab.at("checked"));
    output("e2fsck", ["-fn", lab.at("checked")]);
  }
  assert.deepEqual(readdirSync(env.TMPDIR), []);
}

for (const name of NAMES) {
  testWith(
    { programs: ["e2fsck"] },
    `an image may be called ${JSON.stringify(name)}`,
    () => inLab((lab) => builds(lab, name, [])),
  );
}

for (const name of NAMES.slice(0, 4)) {
  testWith(
    REAL,
    `recipe e2fsprogs makes an image called ${JSON.stringify(name)}`,
    () => inLab((lab) => builds(lab, name, ["--recipe", "e2fsprogs"])),
  );
}

testWith(REAL, "a file system that is too small grows under a name that is misread", async () => {
  await inLab(async (lab) => {
    await builds(lab, "out?.img", ["--recipe", "e2fsprogs", "--size", "200K"]);
  });
});

const PAR2 = { programs: ["par2"] };
const WITH_PAR2 = ["--use", "par2", "--set", "par2.blocks=10"];

testWith(PAR2, "par2 protects an image whose folder it would misread", async () => {
  await inLab(async (lab) => {
    for (const folder of ["a?b", "a*b"]) {
      mkdirSync(lab.at(folder));
      mkdirSync(lab.at(`tmp/${folder}`));
      const env = { TMPDIR: lab.at(`tmp/${folder}`) };
      const args = ["build", "source", "-o", `${folder}/-x [1].img`, ...WITH_PAR2];
      const { code, stderr } = await icecore(lab, args, { env });
      assert.equal(code, 0, stderr);
      const verify = ["verify", "-q", "--", "./-x [1].img.par2"];
      assert.equal(spawnSync("par2", verify, { cwd: lab.at(folder) }).status, 0);
    }
  });
});

testWith(PAR2, "a name that par2 itself could not read again is refused beforehand", async () => {
  await inLab(async (lab) => {
    for (const name of ["out?.img", "out*.img", "out\\.img", "out\n.img"]) {
      for (const flags of [[], ["--dry-run"]]) {
        const args = ["build", "source", "-o", name, ...WITH_PAR2, ...flags];
        const { code, stderr } = await icecore(lab, args);
        assert.match(
          stderr,
          /^icecore: cannot make recovery data of "out.+: par2 takes \* and \? for/,
        );
        assert.equal(code, 2);
        await assertNothingBuilt(lab);
      }
    }
  });
});

testWith({ programs: ["age", "age-keygen"] }, "a file of recipients may be called -", async () => {
  await inLab(async (lab) => {
    run("age-keygen", ["-o", lab.at("key")]);
    const secret = output("age-keygen", ["-y", lab.at("key")]);
    writeFileSync(lab.at("-"), secret);
    const flags = ["--use", "age", "--set", "age.recipientsFile=-"];
    const { code, stderr } = await icecore(lab, ["build", "source", "-o", "out.img", ...flags]);
    assert.equal(code, 0, stderr);
    assert.ok(outputsOf(lab).includes("out.img.age"));
    await assertNothingLeft(lab);
  });
});

const FUSE = { root: true, programs: ["fuse2fs", "umount", "unshare"] };

testWith(FUSE, "fuse2fs takes nothing in an image's name for an option", async () => {
  await inLab(async (lab) => {
    mkdirSync(lab.at("mnt"));
    for (const name of ["out,allow_other,suid.img", "out?offset=1.img", "out=x.img"]) {
      const built = await icecore(lab, ["build", "source", "-o", name, "-q"]);
      assert.equal(built.code, 0, built.stderr);
      await mountImage(lab.at(name), lab.at("mnt"), { by: "fuse" });
      const { options, fileSystem } = mountAt(lab.at("mnt"))!;
      run("umount", [lab.at("mnt")]);
      assert.match(fileSystem, /^fuse/);
      assert.doesNotMatch(String(options), /allow_other/);
      assert.match(String(options), /nosuid/);
    }
  });
});

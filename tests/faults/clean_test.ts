import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { appearance } from "../support/programs/appearance.ts";
import { output } from "../support/programs/oracles.ts";
import { testWith } from "../support/programs/requirements.ts";
import {
  assertNothingLeft,
  build,
  buildArgs,
  ended,
  icecore,
  icecoreArgv,
  inLab,
  type Lab,
  loopDevicesBelow,
  mountsBelow,
  REAL,
  start,
} from "./lab.ts";

/** What a killed build would write down about itself. */
function plant(lab: Lab, name: string, partial: string, owner = 0, mode = 0o700): string {
  const folder = `${lab.temporary}/icecore-${name}`;
  mkdirSync(folder);
  const file = `${folder}/owner.json`;
  writeFileSync(file, JSON.stringify({ processId: 1, partial }));
  for (const path of [file, folder]) chownSync(path, owner, owner);
  chmodSync(folder, mode);
  return folder;
}

testWith(REAL, "clean believes nothing that another user has planted", async () => {
  await inLab(async (lab) => {
    const partial = lab.at("precious.partial");
    writeFileSync(partial, "precious");
    const planted = [
      plant(lab, "theirs", partial, 65534),
      plant(lab, "open", partial, 0, 0o777),
    ];
    mkdirSync(lab.at("elsewhere"));
    symlinkSync(lab.at("elsewhere"), `${lab.temporary}/icecore-link`);
    writeFileSync(`${lab.temporary}/icecore-file`, "");
    const strange = plant(lab, "strange", partial);
    writeFileSync(`${strange}/owner.json`, "no json");
    const { code, stderr } = await icecore(lab, ["clean"]);
    assert.equal(code, 0, stderr);
    assert.equal(readFileSync(partial, "utf8"), "precious");
    for (const folder of planted) assert.ok(existsSync(folder), folder);
    assert.ok(existsSync(lab.at("elsewhere")));
    assert.ok(existsSync(strange));
  });
});

testWith(REAL, "clean removes only what a build makes, and follows no symbolic link", async () => {
  await inLab(async (lab) => {
    writeFileSync(lab.at("precious"), "precious");
    writeFileSync(lab.at("not-partial"), "precious");
    for (const name of ["x.img.bak.partial", "x.img.notes.partial"]) {
      writeFileSync(lab.at(name), "precious");
    }
    symlinkSync("precious", lab.at("x.img.partial"));
    symlinkSync("precious", lab.at("x.img.sha512.partial"));
    plant(lab, "one", lab.at("x.img.partial"));
    plant(lab, "two", lab.at("not-partial"));
    plant(lab, "three", lab.at("gone/y.img.partial"));
    writeFileSync(lab.at("z.img.partial"), "left");
    writeFileSync(lab.at("z.img.sha512.partial"), "left");
    plant(lab, "four", lab.at("z.img.partial"));
    const { code, stderr } = await icecore(lab, ["clean"]);
    assert.equal(code, 0, stderr);
    for (const name of ["precious", "not-partial", "x.img.bak.partial", "x.img.notes.partial"]) {
      assert.equal(readFileSync(lab.at(name), "utf8"), "precious", name);
    }
    assert.equal(existsSync(lab.at("z.img.partial")), false);
    assert.equal(existsSync(lab.at("z.img.sha512.partial")), false);
    assert.deepEqual(readdirSync(lab.temporary), []);
  });
});

testWith(REAL, "clean touches no mount, loop device or folder that is not icecore's", async () => {
  await inLab(async (lab) => {
    mkdirSync(lab.at("mine"));
    output("mount", ["-t", "tmpfs", "icecore-test", lab.at("mine")]);
    writeFileSync(lab.at("disk.img"), "");
    truncateSync(lab.at("disk.img"), 1 << 20);
    const device = output("losetup", ["--find", "--show", lab.at("disk.img")]).trim();
    mkdirSync(`${lab.temporary}/icecore`);
    lab.fake("e2fsck", `touch "$LAB/reached"; sleep 60 & wait`);
    const child = start(lab, icecoreArgv(buildArgs()));
    await appearance(lab.at("reached"));
    child.kill("SIGKILL");
    await ended(child);
    const { code, stdout } = await icecore(lab, ["clean", "--json"]);
    assert.equal(code, 0);
    const kinds = stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ what }) =>
      String(what).startsWith(lab.folder)
    ).map(({ kind }) => kind);
    assert.deepEqual(kinds, ["partial", "workdir"]);
    assert.deepEqual(mountsBelow(lab.folder), [lab.at("mine")]);
    assert.deepEqual(loopDevicesBelow(lab.folder), [device]);
    assert.deepEqual(readdirSync(lab.temporary), ["icecore"]);
  });
});

testWith(REAL, "clean ends well where there is no temporary folder", async () => {
  await inLab(async (lab) => {
    const { code, stderr } = await icecore(lab, ["clean"], { env: { TMPDIR: "/nowhere" } });
    assert.equal(code, 0, stderr);
  });
});

for (
  const [name, folder] of Object.entries({
    "with blanks and a newline": "t e m\np \\ ä",
    "with a very long path": Array.from({ length: 8 }, () => "long".repeat(50)).join("/"),
  })
) {
  testWith(REAL, `a temporary folder ${name} does, and is clean afterwards`, async () => {
    await inLab(async (lab) => {
      mkdirSync(lab.at(folder), { recursive: true });
      const { code, stderr } = await build(lab, [], { env: { TMPDIR: lab.at(folder) } });
      assert.equal(code, 0, stderr);
      assert.deepEqual(readdirSync(lab.at(folder)), []);
      await assertNothingLeft(lab);
    });
  });
}

for (const tmpdir of ["link", "tmp/../link/."]) {
  testWith(
    REAL,
    `a temporary folder ${tmpdir} behind a symbolic link holds the true mount`,
    async () => {
      await inLab(async (lab) => {
        symlinkSync("tmp", lab.at("link"));
        for (const path of [tmpdir, lab.at(tmpdir)]) {
          const { code, stderr } = await build(lab, ["--force"], { env: { TMPDIR: path } });
          assert.equal(code, 0, stderr);
          const files = output("debugfs", ["-R", "ls -p source", lab.at("out.img")]);
          assert.match(files, /\/one\//, "the copy went into the image");
          await assertNothingLeft(lab);
        }
      });
    },
  );
}

for (
  const name of [
    "new\nline.img",
    "back\\slash.img",
    "b l a n k.img",
    "-dash.img",
    "ä\r.img",
    "*.img",
  ]
    .concat("n".repeat(240))
) {
  testWith(
    REAL,
    `an image named ${JSON.stringify(name.slice(0, 20))} is built and verified`,
    async () => {
      await inLab(async (lab) => {
        const args = ["build", "source", "--recipe", "e2fsprogs", `--output=./${name}`];
        const { code, stderr, stdout } = await icecore(lab, args);
        assert.equal(code, 0, stderr);
        assert.equal(stdout.trimEnd().split("\n").length, 1, "the result is one line");
        const verified = await icecore(lab, ["verify", `./${name}`]);
        assert.equal(verified.code, 0, verified.stderr);
        output("sha512sum", ["--check", "--strict", `./${name}.sha512`], lab.folder);
        await assertNothingLeft(lab);
      });
    },
  );
}

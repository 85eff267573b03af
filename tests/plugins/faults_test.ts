import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import {
  assertInterruptible,
  assertNothingBuilt,
  assertNothingLeft,
  ended,
  icecore,
  icecoreArgv,
  inLab,
  type Lab,
  start,
} from "../faults/lab.ts";
import { mountDisk } from "../faults/small_disk.ts";
import { appearance } from "../support/programs/appearance.ts";
import { testWith } from "../support/programs/requirements.ts";

/** A public key, whose secret one is of no matter. */
const SOMEBODY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

const WITH_AGE = ["build", "source", "-o", "out.img", "--use", "age"]
  .concat("--set", `age.recipients=${SOMEBODY}`);

/** Puts a program in the place of age that does something else once it is to encrypt the image. */
function fakeAge(lab: Lab, script: string): void {
  // It is tried on nothing twice: by the check, and when the stream begins.
  const count = 'n=$(cat "$LAB/count" 2>/dev/null || echo 0); echo $((n + 1)) > "$LAB/count"';
  lab.fake("age", `${count}\n[ "$n" -lt 2 ] && { real "$@"; exit; }\n${script}`);
}

testWith({ programs: ["age"] }, "Ctrl-C while age runs ends it, and nothing is left", async () => {
  await inLab(async (lab) => {
    fakeAge(lab, 'touch "$LAB/reached"; sleep 60 & wait');
    const child = start(lab, icecoreArgv(WITH_AGE));
    await appearance(lab.at("reached"));
    await assertInterruptible(lab, child);
  });
});

testWith(
  { programs: ["age"] },
  "notify reports Ctrl-C once age has ended",
  async () => {
    await inLab(async (lab) => {
      fakeAge(lab, 'touch "$LAB/reached"; sleep 60 & wait');
      lab.fake("tell", 'cat > "$LAB/reported"');
      const use = ["--use", "notify", "--set", "notify.command=tell"];
      const child = start(lab, icecoreArgv([...WITH_AGE, ...use]));
      await appearance(lab.at("reached"));
      await assertInterruptible(lab, child);
      assert.equal(JSON.parse(readFileSync(lab.at("reported"), "utf8")).status, "interrupted");
    });
  },
);

testWith({ programs: ["age"] }, "after kill -9 while age runs, clean releases all", async () => {
  await inLab(async (lab) => {
    fakeAge(lab, 'touch "$LAB/reached"; exec sleep 2');
    const child = start(lab, icecoreArgv(WITH_AGE));
    await appearance(lab.at("reached"));
    child.kill("SIGKILL");
    await ended(child);
    assert.equal((await icecore(lab, ["clean"])).code, 0);
    await assertNothingBuilt(lab);
  });
});

testWith(
  { programs: ["age"] },
  "age failing in the midst fails the build with its words",
  async () => {
    await inLab(async (lab) => {
      fakeAge(lab, "head -c 1000; echo age: error: the moon is wrong >&2; exit 1");
      const { code, stderr } = await icecore(lab, WITH_AGE);
      assert.equal(code, 1);
      assert.match(stderr, /step \w+ failed: cannot run age: .*exit code 1: age: error: the moon/);
      await assertNothingBuilt(lab);
    });
  },
);

for (const plugin of ["age", "zstd", "split"]) {
  testWith(
    { programs: ["age", "mount"], loop: true },
    `a disk that fills up under ${plugin} is reported, and nothing is left on it`,
    async () => {
      await inLab(async (lab) => {
        writeFileSync(lab.at("source/noise"), randomBytes(3_000_000));
        mountDisk(lab, "size=4m");
        const set = {
          age: `age.recipients=${SOMEBODY}`,
          zstd: "zstd.level=1",
          split: "split.size=512K",
        };
        const { code, stderr } = await icecore(
          lab,
          ["build", "source", "-o", "disk/out.img"]
            .concat("--use", plugin, "--set", set[plugin as keyof typeof set]),
        );
        assert.equal(code, 1);
        assert.match(
          stderr,
          /the disk is full\. Make room, or choose another place|no space left/i,
        );
        await assertNothingLeft(lab);
        assert.deepEqual(readdirSync(lab.at("disk")), []);
      });
    },
  );
}

testWith(
  { programs: ["age"] },
  "an invalid key is a usage error before anything is written",
  async () => {
    await inLab(async (lab) => {
      const { code, stderr } = await icecore(lab, [
        ...WITH_AGE.slice(0, -1),
        "age.recipients=age1x",
      ]);
      assert.equal(code, 2);
      assert.match(stderr, /^icecore: cannot encrypt to these recipients: .*malformed recipient/);
      await assertNothingBuilt(lab);
    });
  },
);

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pipeline, recipes } from "../../mod.ts";
import { icecore as inLabRun, inLab } from "../faults/lab.ts";
import {
  ageEncrypt,
  ageEncryptByPassphrase,
  ageKey,
  storedPlace,
} from "../support/images/stored_image.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecore } from "../support/programs/run_icecore.ts";
import { Terminal, TMUX } from "../support/programs/terminal.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

const needs = { programs: ["age", "age-keygen", "script"] };

testWith(
  needs,
  "a passphrase comes from the environment, and is missed where nobody can be asked",
  async () => {
    await inTemporaryFolder(async (folder) => {
      const { image } = await storedPlace(folder);
      const path = ageEncryptByPassphrase(image, "sesame open");
      writeFileSync(`${folder}/pass`, "sesame open\n");
      const cat = ["cat", path, "/photos/readme.txt"];
      for (
        const env of [
          { ICECORE_AGE_PASSPHRASE: "sesame open" },
          { ICECORE_AGE_PASSPHRASE_FILE: `${folder}/pass` },
        ]
      ) assert.equal((await icecore(cat, { env })).stdout, "An ice core is drilled once.\n");
      const none = await icecore(cat);
      assert.equal(none.code, 2);
      assert.match(
        none.stderr,
        /cannot ask for the passphrase of .*photos\.img\.age: this is not a termi/,
      );
      const wrong = await icecore(cat, { env: { ICECORE_AGE_PASSPHRASE: "sesame shut" } });
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /the passphrase is another one/);
      assert.doesNotMatch(wrong.stderr, /shut/);
    });
  },
);

testWith(
  { programs: [...needs.programs, ...TMUX.programs] },
  "a passphrase is asked for once on a terminal, and not shown",
  async () => {
    await inLab(async (lab) => {
      await pipeline(recipes.native).run({ sources: [lab.source], output: lab.image });
      ageEncryptByPassphrase(lab.image, "sesame");
      for (const [typed, end] of [["sesame", "ended with 0"], ["sesam", "ended with 1"]] as const) {
        for (
          const command of [["cat", "out.img.age", "source/one"], [
            "extract",
            "out.img.age",
            "--force",
          ]]
        ) {
          using terminal = new Terminal(lab, command);
          await terminal.shows("Passphrase of out.img.age:");
          terminal.type(typed, "Enter");
          const shown = await terminal.shows(end);
          assert.doesNotMatch(shown, /sesam/);
        }
      }
      using terminal = new Terminal(lab, ["ls", "out.img.age"]);
      await terminal.shows("Passphrase of out.img.age:");
      terminal.type("C-c");
      await terminal.shows("ended with 130");
    });
  },
);

testWith(
  { programs: ["age", "age-keygen", "script"], root: true },
  "no secret is in a message, an argument or the environment of a program",
  async () => {
    await inLab(async (lab) => {
      await pipeline(recipes.native).run({ sources: [lab.source], output: lab.image });
      const key = ageKey(lab.folder);
      const secret = /AGE-SECRET-KEY-\w+/.exec(readFileSync(key.file, "utf8"))![0];
      const path = ageEncrypt(lab.image, [ageKey(lab.folder, "other").recipient]);
      ageEncryptByPassphrase(`${lab.folder}/age.key`, "sesame open");
      const env = { ICECORE_AGE_IDENTITY: secret, ICECORE_AGE_PASSPHRASE: "sesame open" };
      // What mounts writes down what it is given.
      lab.fake("mount", `env > "$LAB/mount.env"; echo "$@" > "$LAB/mount.argv"; exit 1`);
      lab.fake("fuse2fs", `env > "$LAB/fuse.env"; exit 1`);
      mkdirSync(lab.at("mnt"));
      const texts: string[] = [];
      for (
        const args of [
          ["ls", path],
          ["ls", path, "--json", "-v"],
          ["cat", path, "x", "-v", "--identity", `${lab.folder}/age.key.age`],
          ["extract", path, "-v"],
          ["diff", path, lab.image, "--json"],
          ["mount", lab.image, "mnt", "-v"],
        ]
      ) {
        const { code, stdout, stderr } = await inLabRun(lab, args, { env });
        assert.notEqual(code, 0, args.join(" "));
        texts.push(stdout, stderr);
      }
      texts.push(
        readFileSync(lab.at("mount.env"), "utf8"),
        readFileSync(lab.at("mount.argv"), "utf8"),
      );
      for (const text of texts) {
        assert.ok(!text.includes(secret.slice(20)), text);
        assert.ok(!text.includes("sesame"), text);
      }
    });
  },
);

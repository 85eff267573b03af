import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Decrypter } from "age-encryption";
import { inLab, type Lab, outputsOf } from "../faults/lab.ts";
import { testWith } from "../support/programs/requirements.ts";
import { Terminal, TMUX } from "../support/programs/terminal.ts";

const BUILD = ["build", "source", "-o", "out.img", "--without", "fsck", "--use", "age"]
  .concat("--set", "age.passphrase");
const FIRST = "age.passphrase (encrypt with this instead):";
const SECOND = "age.passphrase once more:";

async function assertDecrypts(lab: Lab, passphrase: string): Promise<void> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  const plain = await decrypter.decrypt(readFileSync(lab.at("out.img.age")));
  assert.deepEqual(plain, new Uint8Array(readFileSync(lab.at("out.img"))));
}

testWith(TMUX, "a passphrase that encrypts is asked for twice, and not shown", async () => {
  await inLab(async (lab) => {
    using terminal = new Terminal(lab, BUILD);
    await terminal.shows(FIRST);
    terminal.type("sesamX", "BSpace", "e", "Enter");
    await terminal.shows(SECOND);
    terminal.type("sesame", "Enter");
    const shown = await terminal.shows("ended with 0");
    assert.doesNotMatch(shown, /sesam/);
    await assertDecrypts(lab, "sesame");
  });
});

testWith(TMUX, "a passphrase that is mistyped once encrypts nothing", async () => {
  await inLab(async (lab) => {
    using terminal = new Terminal(lab, BUILD);
    await terminal.shows(FIRST);
    terminal.type("sesame", "Enter");
    await terminal.shows(SECOND);
    terminal.type("sesamw", "Enter");
    const shown = await terminal.shows("ended with 2");
    assert.match(shown, /cannot use what was typed for age\.passphrase: the second time/);
    assert.doesNotMatch(shown, /sesam/);
    assert.deepEqual(outputsOf(lab), []);
  });
});

testWith(TMUX, "both answers may come at once", async () => {
  await inLab(async (lab) => {
    using terminal = new Terminal(lab, BUILD);
    await terminal.shows(FIRST);
    terminal.type("sésame", "Enter", "sésame", "Enter");
    await terminal.shows("ended with 0");
    await assertDecrypts(lab, "sésame");
  });
});

testWith(TMUX, "Ctrl-C at either question ends it, and the terminal echoes again", async () => {
  await inLab(async (lab) => {
    for (const before of [[], ["sesame", "Enter"]]) {
      using terminal = new Terminal(lab, BUILD);
      await terminal.shows(FIRST);
      if (before.length > 0) {
        terminal.type(...before);
        await terminal.shows(SECOND);
      }
      terminal.type("C-c");
      await terminal.shows("ended with 130");
      terminal.type("shown again");
      await terminal.shows("shown again");
      assert.ok(!existsSync(lab.at("out.img")));
    }
  });
});

testWith(TMUX, "a secret that only opens something is asked for once", async () => {
  await inLab(async (lab) => {
    const header =
      '{"options": {"key": {"type": "string", "help": "the key", "secret": true}}, "name": "vault"}';
    const script = `#!/bin/sh\n# icecore: ${header}\nprintf %s "$ICECORE_OPT_KEY" > "$LAB/got"\n`;
    writeFileSync(lab.at("vault.sh"), script, { mode: 0o755 });
    const args = ["build", "source", "-o", "out.img", "--without", "fsck"]
      .concat("--use", "./vault.sh", "--set", "vault.key");
    using terminal = new Terminal(lab, args);
    await terminal.shows("vault.key (the key):");
    terminal.type("open", "Enter");
    await terminal.shows("ended with 0");
    assert.equal(readFileSync(lab.at("got"), "utf8"), "open");
  });
});

/**
 * What real shells do with a Tab: bash and zsh on a terminal, fish by its own `complete -C`.
 */

import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { bashScript } from "../../cli/completion/bash_script.ts";
import { settingsOf } from "../../cli/completion/setting_words.ts";
import { run } from "../../release/run.ts";
import { icecoreArgv } from "../support/programs/icecore_command.ts";
import { testWith } from "../support/programs/requirements.ts";
import { icecoreOutput } from "../support/programs/run_icecore.ts";
import { inTemporaryFolder } from "../support/temporary_folder.ts";

/** A folder with `photos`, `photos.img`, and completion for each shell. */
async function inHome(work: (home: string, path: string) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (home) => {
    mkdirSync(`${home}/photos/2024`, { recursive: true });
    mkdirSync(`${home}/bin`);
    for (const file of ["photos.img", "photos/readme.txt"]) writeFileSync(`${home}/${file}`, "");
    const words = icecoreArgv().map((word) => `'${word}'`).join(" ");
    writeFileSync(`${home}/bin/icecore`, `#!/bin/sh\nexec ${words} "$@"\n`);
    chmodSync(`${home}/bin/icecore`, 0o755);
    for (const shell of ["bash", "zsh", "fish"]) {
      writeFileSync(`${home}/complete.${shell}`, await icecoreOutput(["completion", shell]));
    }
    await work(home, `${home}/bin:${process.env["PATH"]}`);
  });
}

/** A shell on a terminal, in which the script is loaded. */
function shellOn(home: string, path: string, argv: string, load: string) {
  const tmux = (...args: string[]) =>
    run(["tmux", "-S", `${home}/tmux`, "-f", "/dev/null", ...args], {
      cwd: home,
      // No history: a shell that ends would write it while its folder is being removed.
      env: { PATH: path, PS1: "> ", HOME: home, HISTFILE: "/dev/null" },
    });
  tmux("new-session", "-d", "-x", "100", "-y", "20", argv);
  const shows = async (pattern: RegExp) => {
    let shown = "";
    for (let tries = 0; tries < 600; tries++) {
      shown = tmux("capture-pane", "-p");
      if (pattern.test(shown)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.match(shown, pattern);
  };
  return {
    async ready() {
      tmux("send-keys", "-l", `PS1='> '; ${load}; echo read''y`);
      tmux("send-keys", "Enter");
      await shows(/^ready$/m);
    },
    /** Types, presses Tab, and waits for what it shows; then begins a new line. */
    async completes(typed: string, tabs: number, pattern: RegExp) {
      tmux("send-keys", "-l", typed);
      for (let i = 0; i < tabs; i++) {
        tmux("send-keys", "Tab");
        // Two in one go would be two for the shell as well, but the first must have been answered.
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      await shows(pattern);
      tmux("send-keys", "C-c");
      tmux("send-keys", "C-l");
    },
    [Symbol.dispose]: () => void tmux("kill-server"),
  };
}

testWith({ programs: ["tmux"] }, "bash completes", async () => {
  await inHome(async (home, path) => {
    const load = ". ./complete.bash; bind 'set bell-style none'";
    using bash = shellOn(home, path, "bash --norc --noprofile", load);
    await bash.ready();
    // The image beside the folder is offered, so that the word ends where both do.
    await bash.completes("icecore ls pho", 1, /^> icecore ls photos$/m);
    await bash.completes("icecore ls photos/", 2, /^2024\/ +readme\.txt$/m);
    await bash.completes("icecore build photos --set par2.r", 1, /par2\.redundancy=$/m);
  });
});

testWith({ programs: ["tmux", "zsh"] }, "zsh completes", async () => {
  await inHome(async (home, path) => {
    const load = "autoload -U compinit; compinit -u -D; . ./complete.zsh";
    using zsh = shellOn(home, path, "zsh -f", load);
    await zsh.ready();
    await zsh.completes("icecore ls pho", 2, /^photos\/ +photos\.img/m);
    await zsh.completes("icecore build photos --set par2.r", 1, /par2\.redundancy=/m);
  });
});

testWith({ programs: ["fish"] }, "fish completes", async () => {
  await inHome((home, path) => {
    const offered = (typed: string) =>
      run(["fish", "--no-config", "-c", `source complete.fish; complete -C '${typed}'`], {
        cwd: home,
        env: { PATH: path, HOME: home },
      }).trim().split("\n").map((line) => line.split("\t")[0]);
    assert.deepEqual(offered("icecore ls pho").sort(), ["photos.img", "photos/"]);
    assert.deepEqual(offered("icecore build photos --set par2.r"), ["par2.redundancy="]);
    assert.deepEqual(offered("icecore verif"), ["verify"]);
    return Promise.resolve();
  });
});

Deno.test("the parser's script for bash has the place that ours changes", async () => {
  const script = await icecoreOutput(["completion", "bash"]);
  assert.match(script, /COMPREPLY=\("\$\{COMPREPLY\[@\]%\/\}"\)/);
  assert.equal(bashScript("another"), "another");
});

Deno.test("options are offered with their choices, secrets without a value", () => {
  const run = () => {};
  assert.deepEqual(
    settingsOf([{
      name: "freeze",
      run,
      options: {
        depth: { type: "number", help: "" },
        salt: { type: "boolean", help: "" },
        mode: { type: "string", help: "", choices: ["deep", "flat"] },
        key: { type: "string", help: "", secret: true },
      },
    }] as never),
    ["freeze.depth=", "freeze.key", "freeze.mode=deep", "freeze.mode=flat", "freeze.salt=false"]
      .concat("freeze.salt=true"),
  );
});

/**
 * A terminal, by tmux: what is typed into it, and what it shows.
 * @module
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Lab } from "../../faults/lab.ts";
import { icecoreArgv } from "./icecore_command.ts";

/** What a terminal needs of the machine. */
export const TMUX = { programs: ["tmux"] };

/** A terminal with icecore in it. */
export class Terminal {
  readonly #socket: string;

  constructor(private readonly lab: Lab, args: readonly string[]) {
    this.#socket = lab.at(`tmux-${randomUUID()}`);
    const words = icecoreArgv(args).map((word) => `'${word}'`).join(" ");
    writeFileSync(lab.at("run.sh"), `${words}\necho "ended with $?"\nexec sleep 600\n`);
    this.#tmux("-f", "/dev/null", "new-session", "-d", "-x", "150", "-y", "40", "sh run.sh");
  }

  /** Waits until something is shown. */
  async shows(text: string): Promise<string> {
    for (let tries = 0; tries < 1500; tries++) {
      const shown = this.#tmux("capture-pane", "-p", "-J");
      if (shown.includes(text)) return shown;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return assert.fail(`${text} is not shown, but: ${this.#tmux("capture-pane", "-p")}`);
  }

  type(...keys: string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  [Symbol.dispose](): void {
    this.#tmux("kill-server");
  }

  #tmux(...args: string[]): string {
    const { status, stdout, stderr } = spawnSync("tmux", ["-S", this.#socket, ...args], {
      cwd: this.lab.folder,
      env: { ...Deno.env.toObject(), ...this.lab.env, TERM: "xterm" },
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return stdout;
  }
}

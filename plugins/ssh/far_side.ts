/**
 * The other machine: what runs there, and how files get there.
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { EnvironmentError, type StepContext } from "../../mod.ts";
import {
  findProgram,
  messageOf,
  type PipedProgram,
  pipeThroughProgram,
  type ProgramOptions,
  runProgram,
} from "../../plugin.ts";
import { type Address, parseAddress } from "./address.ts";
import { type Remote, rsyncArgv, sftpArgv, sftpBatch, sshArgv } from "./argv.ts";
import { copyError, isTransient } from "./errors.ts";
import type { options } from "./options.ts";
import { LOOK, READY } from "./scripts.ts";

/** The first pause before going on after a broken connection; each is twice the one before. */
const PAUSE_MS = 500;

/** What of a step's context is used. */
export type FarContext = Pick<StepContext<typeof options>, "options" | "signal"> & {
  readonly emit?: StepContext["emit"];
  readonly workdir?: string;
};

/** The other machine. */
export class FarSide {
  readonly address: Address;
  #hasRsync: boolean | undefined;

  constructor(private readonly context: FarContext) {
    this.address = parseAddress(context.options.to);
  }

  /** A file there, as people write it. */
  shown(path: string): string {
    return `${this.address.host}:${path}`;
  }

  /** The path of a file in the folder. */
  path(name: string): string {
    const { folder } = this.address;
    return folder === "." ? `./${name}` : `${folder === "/" ? "" : folder}/${name}`;
  }

  /** Looks whether it can be reached and written to. */
  async look(): Promise<void> {
    const { stdout } = await this.run([LOOK, this.address.folder]).catch((error) => {
      throw copyError(this.shown(this.address.folder), error);
    });
    if (!stdout.includes(READY)) throw noShell(this.shown(this.address.folder));
    this.#hasRsync = /\/rsync$/m.test(stdout) && findProgram("rsync") !== undefined;
  }

  /** Runs a script there. @param signal Instead of the build's; `null` for none. */
  run(
    remote: Remote,
    signal: AbortSignal | null = this.context.signal,
  ): ReturnType<typeof runProgram> {
    const argv = sshArgv(this.context.options, this.address, remote);
    return runProgram(argv, { ...this.#started, ...(signal && { signal }) });
  }

  /** Starts a script there, to be fed. */
  open(remote: Remote): PipedProgram {
    const argv = sshArgv(this.context.options, this.address, remote);
    return pipeThroughProgram(argv, { ...this.#started, signal: this.context.signal });
  }

  /** Copies a file to a partial one that is there, and goes on when the connection breaks. */
  async copy(from: string, to: string): Promise<void> {
    if (this.#hasRsync === undefined) await this.look();
    const retries = this.context.options.retries;
    for (let attempt = 1;; attempt++) {
      try {
        return await (this.#hasRsync === true ? this.#rsync(from, to) : this.#sftp(from, to));
      } catch (error) {
        const { signal, emit } = this.context;
        if (signal.aborted || attempt > retries || !isTransient(error)) throw error;
        const text = `the copy goes on where it broke: ${messageOf(error)}`;
        emit?.({ type: "message", level: "warning", text });
        await setTimeout(PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }

  async #rsync(from: string, to: string): Promise<void> {
    const argv = rsyncArgv(this.context.options, this.address, from, to);
    await this.#runFed(argv, "", (text) => {
      const done = text.match(/[\d,]+(?=\s+\d+%)/g)?.at(-1)?.replaceAll(",", "");
      if (done === undefined) return;
      this.context.emit?.({ type: "progress", done: Number(done), unit: "bytes" });
    });
  }

  async #sftp(from: string, to: string): Promise<void> {
    await this.#runFed(sftpArgv(this.context.options, this.address), sftpBatch(from, to), () => {});
  }

  async #runFed(argv: string[], input: string, onText: (text: string) => void): Promise<void> {
    const { signal } = this.context;
    const program = pipeThroughProgram(argv, { ...this.#started, signal });
    const writer = program.writable.getWriter();
    // A program that ends before it has read this tells why by how it ends.
    writer.closed.catch(() => {});
    await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
    const decoder = new TextDecoder();
    for await (const bytes of program.readable) onText(decoder.decode(bytes));
    await program.ended;
  }

  /** How each program is started. */
  get #started(): Pick<ProgramOptions, "workdir" | "onStart"> {
    const { emit, workdir } = this.context;
    return {
      ...(workdir === undefined ? {} : { workdir }),
      onStart: (argv) => emit?.({ type: "command", argv }),
    };
  }
}

function noShell(to: string): EnvironmentError {
  return new EnvironmentError(
    `cannot copy to ${to}: the account there runs no commands, so that what arrives could not be ` +
      "checked. Use an account with a shell.",
    "no-shell",
  );
}

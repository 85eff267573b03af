/**
 * The other machine: what runs there, and how files get there.
 * @module
 */

import { randomUUID } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { EnvironmentError, type StepContext } from "../../mod.ts";
import { findProgram, messageOf, pipeThroughProgram, runProgram } from "../../plugin.ts";
import { type Address, parseAddress } from "./address.ts";
import {
  endArgv,
  isSocketPath,
  type Remote,
  rsyncArgv,
  sftpArgv,
  sftpBatch,
  sharing,
  sshArgv,
} from "./argv.ts";
import { feed, type Input } from "./feed.ts";
import type { options } from "./options.ts";
import { copyError, isTransient } from "./program_errors.ts";
import { LOOK, READY, TAKE } from "./scripts.ts";

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
  #way: Way | undefined;
  readonly #options: StepContext<typeof options>["options"];
  /** Through which the programs of a build share one login. */
  readonly #socket: string | undefined;

  constructor(private readonly context: FarContext) {
    const { options, workdir } = context;
    this.address = parseAddress(options.to);
    const socket = workdir === undefined ? undefined : join(workdir, "ssh");
    this.#socket = socket !== undefined && isSocketPath(socket) ? socket : undefined;
    this.#options = this.#socket === undefined ? options : sharing(options, this.#socket);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    if (this.#socket === undefined || !existsSync(this.#socket)) return;
    // One that is broken has ended by itself.
    await runProgram(endArgv(this.#options, this.address), {
      ...this.#started,
      success: () => true,
    });
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
    const readyAt = stdout.indexOf(`${READY}\n`);
    if (readyAt < 0) throw noShell(this.shown(this.address.folder));
    const isSilent = readyAt === 0;
    const hasRsync = /\/rsync$/m.test(stdout.slice(readyAt)) && findProgram("rsync") !== undefined;
    this.#way = !isSilent ? "cat" : hasRsync ? "rsync" : "sftp";
    if (isSilent) return;
    const text = `${this.address.host}: the account prints something whenever its shell starts, ` +
      "so that files go by cat, and a copy that breaks starts over";
    this.context.emit?.({ type: "message", level: "info", text });
  }

  /** Runs a script there. @param signal Instead of the build's; `null` for none. */
  run(
    remote: Remote,
    signal: AbortSignal | null = this.context.signal,
  ): ReturnType<typeof runProgram> {
    const argv = sshArgv(this.#options, this.address, remote);
    return runProgram(argv, { ...this.#started, ...(signal && { signal }) });
  }

  /** Starts a script there, to be fed. */
  open(remote: Remote): ReturnType<typeof pipeThroughProgram> {
    const argv = sshArgv(this.#options, this.address, remote);
    return pipeThroughProgram(argv, { ...this.#started, signal: this.context.signal });
  }

  /** Copies a file to a partial one that is there, and goes on when the connection breaks. */
  async copy(from: string, to: string): Promise<void> {
    if (this.#way === undefined) await this.look();
    const retries = this.context.options.retries;
    for (let attempt = 1;; attempt++) {
      try {
        return await this.#copyBy(this.#way!, from, to);
      } catch (error) {
        const { signal, emit } = this.context;
        if (signal.aborted || attempt > retries || !isTransient(error)) throw error;
        const goesOn = this.#way === "cat" ? "starts over" : "goes on where it broke";
        const text = `the copy ${goesOn}: ${messageOf(error)}`;
        emit?.({ type: "message", level: "warning", text });
        await setTimeout(PAUSE_MS * 2 ** (attempt - 1), undefined, { signal });
      }
    }
  }

  #copyBy(way: Way, from: string, to: string): Promise<void> {
    switch (way) {
      case "rsync":
        return this.#rsync(from, to);
      case "sftp":
        return this.#sftp(from, to);
      case "cat":
        return this.#cat(from, to);
    }
  }

  async #rsync(from: string, to: string): Promise<void> {
    const argv = rsyncArgv(this.#options, this.address, from, to);
    await this.#runFed(argv, [], (text) => {
      const done = text.match(/[\d,]+(?=\s+\d+%)/g)?.at(-1)?.replaceAll(",", "");
      if (done === undefined) return;
      this.context.emit?.({ type: "progress", done: Number(done), unit: "bytes" });
    });
  }

  async #sftp(from: string, to: string): Promise<void> {
    const input = new TextEncoder().encode(sftpBatch(await this.#oneLine(from), to));
    await this.#runFed(sftpArgv(this.#options, this.address), [input]);
  }

  async #cat(from: string, to: string): Promise<void> {
    const { signal } = this.context;
    const pieces = createReadStream(from, { highWaterMark: PIECE_BYTES, signal });
    await this.#runFed(sshArgv(this.#options, this.address, [TAKE, to]), pieces);
  }

  /** A name of the file that has no line break in it, which sftp takes for the end of a command. */
  async #oneLine(path: string): Promise<string> {
    const { workdir } = this.context;
    if (!path.includes("\n") || workdir === undefined) return path;
    const link = join(workdir, `sftp-${randomUUID()}`);
    await symlink(path, link);
    return link;
  }

  async #runFed(
    argv: string[],
    input: Input,
    onText: (text: string) => void = () => {},
  ): Promise<void> {
    const { signal } = this.context;
    const program = pipeThroughProgram(argv, { ...this.#started, signal });
    const writer = program.writable.getWriter();
    // Why a program ends before it has read this shows in how it ends.
    writer.closed.catch(() => {});
    const fed = feed(writer, input);
    const decoder = new TextDecoder();
    try {
      for await (const bytes of program.readable) onText(decoder.decode(bytes));
      await program.ended;
    } catch (error) {
      throw await fed ?? error;
    }
  }

  /** How each program is started. */
  get #started(): Pick<NonNullable<Parameters<typeof runProgram>[1]>, "workdir" | "onStart"> {
    const { emit, workdir } = this.context;
    return {
      ...(workdir === undefined ? {} : { workdir }),
      onStart: (argv) => emit?.({ type: "command", argv }),
    };
  }
}

/** How files get there. */
type Way = "rsync" | "sftp" | "cat";

const PIECE_BYTES = 2 ** 20;

function noShell(to: string): EnvironmentError {
  return new EnvironmentError(
    `cannot copy to ${to}: the account there runs no commands, so that what arrives could not be ` +
      "checked. Use an account with a shell.",
    "no-shell",
  );
}

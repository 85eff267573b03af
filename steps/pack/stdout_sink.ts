/**
 * Standard output as the place an image goes to.
 *
 * A pipe may be full for as long as its reader likes. Whoever waits within a write hears no Ctrl-C
 * meanwhile: no write is begun that would wait.
 * @module
 */

import { S_IFIFO, S_IFMT, S_IFSOCK } from "../../ext4/tree.ts";
import type { Breather } from "../../host/breathe.ts";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_NONBLOCK,
  O_WRONLY,
  openAt,
  waitForRoom,
  writeAll,
  writeSome,
} from "../../host/libc/files.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { StatusBuffer, statusOfOpen } from "../../host/libc/status.ts";
import { explained, type Sink } from "./sink.ts";

const STDOUT = 1 as Descriptor;
/** How long the thread sleeps for room before it lets the event loop run. */
const WAIT_MS = 20;
/** What has room at all has room for so much. */
const PIPE_BUF_BYTES = 4096;

/** Standard output. */
export function stdoutSink(): Sink {
  const status = new StatusBuffer();
  statusOfOpen(STDOUT, status);
  const type = status.mode & S_IFMT;
  return type === S_IFIFO || type === S_IFSOCK ? new PipeSink() : plainSink();
}

/** A file or a device, which take everything at once. */
function plainSink(): Sink {
  return {
    keepsHoles: false,
    isBehind: false,
    catchUp: () => Promise.resolve(),
    write: (bytes) => explained("stdout", () => writeAll(STDOUT, bytes)),
    finish: () => {},
    close: () => {},
  };
}

class PipeSink implements Sink {
  readonly keepsHoles = false;
  readonly #own = openAnew();
  readonly #fd = this.#own ?? STDOUT;
  readonly #mostBytes = this.#own === undefined ? PIPE_BUF_BYTES : Infinity;
  #rest = new Uint8Array();

  get isBehind(): boolean {
    return this.#rest.length > 0;
  }

  write(bytes: Uint8Array): void {
    this.#rest = bytes as Uint8Array<ArrayBuffer>;
  }

  async catchUp(breather: Breather): Promise<void> {
    while (this.isBehind) {
      const hasRoom = explained("stdout", () => waitForRoom(this.#fd, WAIT_MS));
      if (hasRoom) {
        const piece = this.#rest.subarray(0, this.#mostBytes);
        const count = explained("stdout", () => writeSome(this.#fd, piece));
        this.#rest = this.#rest.subarray(count);
      }
      if (!hasRoom || breather.due) await breather.pause();
    }
  }

  finish(): void {}

  close(): void {
    if (this.#own !== undefined) close(this.#own);
  }
}

/**
 * The same pipe, opened anew for writing without waiting: the descriptor that was handed on is
 * others' as well, and stays as it is. `undefined` where that cannot be, as for a socket.
 */
function openAnew(): Descriptor | undefined {
  try {
    return openAt(CURRENT_FOLDER, `/proc/self/fd/${STDOUT}`, O_WRONLY | O_NONBLOCK);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

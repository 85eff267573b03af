/**
 * Files that are written and read at any place while a plan is made.
 * @module
 */

import { closeSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { explainWrite } from "../../host/files/write_error.ts";

/** An open file. */
export class ScratchFile {
  private constructor(private readonly fd: number, private readonly shown: string) {}

  /** One without a name, which is gone with the process. @param place What it lies beside. */
  static nameless(place: string): ScratchFile {
    const path = `${place}.${crypto.randomUUID().slice(0, 8)}.partial`;
    try {
      const fd = openSync(path, "wx+", 0o600);
      unlinkSync(path);
      return new ScratchFile(fd, place);
    } catch (error) {
      throw explainWrite(place, error);
    }
  }

  /** One that is there. */
  static open(path: string, flags: "r" | "r+"): ScratchFile {
    return new ScratchFile(openSync(path, flags), path);
  }

  /** Writes all of it. @throws EnvironmentError where there is no room */
  write(bytes: Uint8Array, at: number): void {
    try {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(this.fd, bytes, done, bytes.length - done, at + done);
      }
    } catch (error) {
      throw explainWrite(this.shown, error);
    }
  }

  /** Reads up to the end of the file. @returns how many bytes there were */
  read(into: Uint8Array, at: number): number {
    let done = 0;
    while (done < into.length) {
      const count = readSync(this.fd, into, done, into.length - done, at + done);
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  get sizeBytes(): number {
    return fstatSync(this.fd).size;
  }

  close(): void {
    closeSync(this.fd);
  }
}

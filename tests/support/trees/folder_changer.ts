/**
 * Changes a folder as people and programs do, step by step, chosen by numbers.
 * @module
 */

import { Buffer } from "node:buffer";
import fc from "fast-check";
import {
  close,
  CURRENT_FOLDER,
  type Descriptor,
  O_CREAT,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_RDONLY,
  O_WRONLY,
  openAt,
  truncate,
  writeAllAt,
} from "../../../host/libc/files.ts";
import {
  makeFolder,
  makeLinkToOpen,
  makeNode,
  makeSymlink,
  removeName,
  setMode,
  setOwner,
  setTimes,
} from "../../../host/libc/nodes.ts";
import { renameWithin } from "../../../host/libc/open_nodes.ts";
import { statusAt, StatusBuffer } from "../../../host/libc/status.ts";
import { pathThroughProc, removeAttribute, writeAttribute } from "../../../host/libc/xattrs.ts";

/** What can be done to a folder. */
export const CHANGES = [
  "create",
  "create",
  "folder",
  "symlink",
  "node",
  "write",
  "append",
  "touch",
  "chmod",
  "chown",
  "xattr",
  "strip",
  "rename",
  "delete",
  "file-to-folder",
  "folder-to-file",
  "link",
  "sparse",
] as const;

/** A change whose traces are put back, but for the change time. */
export const HIDDEN_CHANGES = ["write-back"] as const;

/** One change; the numbers choose names, places and values. */
export interface FolderChange {
  readonly kind: typeof CHANGES[number] | typeof HIDDEN_CHANGES[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Changes that fast-check makes up. */
export function arbitraryChange(
  kinds: readonly FolderChange["kind"][],
): fc.Arbitrary<FolderChange> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    a: fc.nat(0xffff),
    b: fc.nat(0xffff),
    c: fc.nat(0xffff),
  });
}

type Kind = "file" | "folder" | "symlink" | "node";

/** Few, so that names come back; two are not UTF-8, and two are those of overlayfs' own marks. */
const NAMES = ["a", "b", "c", "dir", "Ä", "\xff\xfe", "bad\xe4", "work", ".wh.a", "x ", "\n"];
const ATTRIBUTES = [
  "user.comment",
  "trusted.mark",
  "security.note",
  "trusted.overlay.opaque",
  "trusted.overlay.overlay.opaque",
  "trusted.overlay.whiteout",
  "trusted.overlay.redirect",
  "trusted.overlay.metacopy",
  "user.overlay.opaque",
];

/** A folder that is changed. The folder must be there; what is in it already is left alone. */
export class FolderChanger implements Disposable {
  readonly #root: Descriptor;
  /** By path, as latin1 text. */
  readonly #nodes = new Map<string, Kind>();
  readonly #status = new StatusBuffer();

  constructor(folder: string) {
    this.#root = openAt(CURRENT_FOLDER, folder, O_RDONLY | O_DIRECTORY);
  }

  [Symbol.dispose](): void {
    close(this.#root);
  }

  /** Makes a change, or none where there is nothing that it could be made to. */
  make({ kind, a, b, c }: FolderChange): void {
    switch (kind) {
      case "create":
        return this.#create(this.#free(a, b), c);
      case "folder":
        return this.#makeFolder(this.#free(a, b));
      case "symlink":
        return this.#add(this.#free(a, b), "symlink", (path) => {
          makeSymlink(Buffer.from("t".repeat(1 + (c % 90))), this.#root, path);
        });
      case "node":
        return this.#add(this.#free(a, b), "node", (path) => {
          const type = [0o010000, 0o020000, 0o060000][c % 3]!;
          const device = type === 0o010000 ? undefined : { major: 1 + (c % 9), minor: c % 256 };
          makeNode(this.#root, path, type | 0o640, device);
        });
      case "write":
        return this.#with(this.#pick(a, "file"), (path) => this.#write(path, b, false));
      case "append":
        return this.#with(this.#pick(a, "file"), (path) => this.#write(path, b, true));
      case "sparse":
        return this.#with(this.#pick(a, "file"), (path) => this.#sparse(path, b));
      case "write-back":
        return this.#with(this.#pick(a, "file"), (path) => this.#writeBack(path, b));
      case "touch":
        return this.#with(this.#pick(a), (path) => this.#touch(path, b, c));
      case "chmod":
        return this.#with(this.#pick(a, "file", "folder", "node"), (path) => {
          setMode(this.#root, path, 0o400 | (b & 0o7377));
        });
      case "chown":
        return this.#with(this.#pick(a), (path) => setOwner(this.#root, path, b, c));
      case "xattr":
        return this.#with(this.#pick(a, "file", "folder"), (path) => {
          const name = Buffer.from(ATTRIBUTES[b % ATTRIBUTES.length]!);
          writeAttribute(this.#full(path), { name, value: Buffer.alloc(1 + c % 40, "y") });
        });
      case "strip":
        return this.#with(this.#pick(a, "file", "folder"), (path) => {
          for (const name of ATTRIBUTES) removeIfThere(this.#full(path), name);
        });
      case "rename":
        return this.#rename(this.#pick(a), this.#free(b, c));
      case "delete":
        return this.#with(this.#pick(a), (path) => this.#remove(latin1(path)));
      case "file-to-folder":
        return this.#with(this.#pick(a, "file", "symlink", "node"), (path) => {
          this.#remove(latin1(path));
          this.#makeFolder(latin1(path));
          this.#create(`${latin1(path)}/within`, b);
        });
      case "folder-to-file":
        return this.#with(this.#pick(a, "folder"), (path) => {
          this.#remove(latin1(path));
          this.#create(latin1(path), b);
        });
      case "link":
        return this.#link(this.#pick(a, "file"), this.#free(b, c));
    }
  }

  #pick(number: number, ...kinds: Kind[]): string | undefined {
    const paths = [...this.#nodes].filter(([, kind]) => kinds.length === 0 || kinds.includes(kind));
    return paths.length === 0 ? undefined : paths[number % paths.length]![0];
  }

  /** A path that nothing has, in a folder that is there. */
  #free(folder: number, name: number): string | undefined {
    const folders = [undefined, ...[...this.#nodes].filter(([, kind]) => kind === "folder")];
    const above = folders[folder % folders.length]?.[0];
    for (let tries = 0; tries < NAMES.length; tries++) {
      const text = Buffer.from(NAMES[(name + tries) % NAMES.length]!, "latin1").toString("latin1");
      const path = above === undefined ? text : `${above}/${text}`;
      if (!this.#nodes.has(path)) return path;
    }
    return undefined;
  }

  #with(path: string | undefined, change: (path: Uint8Array) => void): void {
    if (path !== undefined) change(Buffer.from(path, "latin1"));
  }

  #add(path: string | undefined, kind: Kind, make: (path: Uint8Array) => void): void {
    if (path === undefined) return;
    make(Buffer.from(path, "latin1"));
    this.#nodes.set(path, kind);
  }

  #makeFolder(path: string | undefined): void {
    this.#add(path, "folder", (bytes) => makeFolder(this.#root, bytes, 0o755));
  }

  #create(path: string | undefined, seed: number): void {
    this.#add(path, "file", (bytes) => this.#write(bytes, seed, false));
  }

  #write(path: Uint8Array, seed: number, isAppended: boolean): void {
    this.#open(path, (fd) => {
      statusAt(this.#root, path, this.#status);
      const offset = isAppended ? this.#status.sizeBytes : 0;
      writeAllAt(fd, Buffer.alloc(seed % 6000, `${seed} `), offset);
    });
  }

  /** Long holes as well: the digest then passes them over. */
  #sparse(path: Uint8Array, seed: number): void {
    this.#open(path, (fd) => {
      truncate(fd, 0);
      truncate(fd, (seed % 3) * 20e6 + seed);
      writeAllAt(fd, Buffer.from(`${seed}`), seed * 7 % (1 + seed));
    });
  }

  /** Other contents of the same size, and the time of before. */
  #writeBack(path: Uint8Array, seed: number): void {
    statusAt(this.#root, path, this.#status);
    const { atime, mtime, sizeBytes } = this.#status;
    this.#open(path, (fd) => {
      writeAllAt(fd, Buffer.alloc(Math.min(sizeBytes, 5000), `${seed}!`), 0);
    });
    setTimes(this.#root, path, atime, mtime);
  }

  #open(path: Uint8Array, use: (fd: Descriptor) => void): void {
    const fd = openAt(this.#root, path, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o644);
    try {
      use(fd);
    } finally {
      close(fd);
    }
  }

  #touch(path: Uint8Array, seconds: number, nanoseconds: number): void {
    const time = { seconds: seconds * 20_000, nanoseconds: nanoseconds * 15_000 };
    setTimes(this.#root, path, time, time);
  }

  #rename(from: string | undefined, to: string | undefined): void {
    if (from === undefined || to === undefined || `${to}/`.startsWith(`${from}/`)) return;
    renameWithin(this.#root, Buffer.from(from, "latin1"), Buffer.from(to, "latin1"));
    for (const [path, kind] of [...this.#nodes]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#nodes.delete(path);
      this.#nodes.set(to + path.slice(from.length), kind);
    }
  }

  #link(from: string | undefined, to: string | undefined): void {
    if (from === undefined || to === undefined) return;
    const fd = openAt(this.#root, Buffer.from(from, "latin1"), O_RDONLY);
    try {
      this.#add(to, "file", (path) => makeLinkToOpen(fd, this.#root, path));
    } finally {
      close(fd);
    }
  }

  #remove(top: string): void {
    const below = [...this.#nodes].filter(([path]) => path === top || path.startsWith(`${top}/`));
    // The deepest first.
    for (const [path, kind] of below.sort(([a], [b]) => b.length - a.length)) {
      removeName(this.#root, Buffer.from(path, "latin1"), kind === "folder" ? "folder" : "file");
      this.#nodes.delete(path);
    }
  }

  #full(path: Uint8Array): Uint8Array {
    return pathThroughProc(this.#root, path);
  }
}

function latin1(path: Uint8Array): string {
  return Buffer.from(path).toString("latin1");
}

function removeIfThere(path: Uint8Array, name: string): void {
  try {
    removeAttribute(path, name);
  } catch (error) {
    if ((error as { code?: string }).code !== "ENODATA") throw error;
  }
}

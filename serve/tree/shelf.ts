/**
 * Several images in one tree: each is a folder of the root; a single one is the root itself.
 * @module
 */

import { type ImageReader, PathError, type Stat } from "icecore/read";
import { printable } from "icecore/plugin";
import { namesOf, pathBelow } from "./url_path.ts";

/** An image that is to be served. */
export interface NamedImage {
  readonly name: string;
  readonly reader: ImageReader;
  /**
   * Opens it anew, so that what is broken is left out; used from the moment on when something broken
   * was met, as looking for what is lost has all metadata read.
   */
  salvage?(): Promise<ImageReader>;
}

/** An image, and what it is called in the tree. */
export class ShelfImage {
  #reader: ImageReader;
  #salvaged: Promise<ImageReader> | undefined;

  constructor(readonly name: Uint8Array, private readonly image: NamedImage) {
    this.#reader = image.reader;
  }

  get reader(): ImageReader {
    return this.#reader;
  }

  /** Whether what is broken is left out. */
  get isSalvaged(): boolean {
    return this.#reader !== this.image.reader;
  }

  /** Leaves out what is broken from now on. @returns false where that cannot be done */
  async salvage(): Promise<boolean> {
    if (this.image.salvage === undefined) return false;
    this.#salvaged ??= this.image.salvage();
    this.#reader = await this.#salvaged;
    return true;
  }
}

/** A place in the tree that lies in an image. */
export interface Place {
  readonly image: ShelfImage;
  /** From the root of the image; empty for the root itself. */
  readonly path: Uint8Array;
}

/** What a place turned out to be. */
export interface Found extends Place {
  readonly stat: Stat;
  /** Where one image of a stack was asked: its number, topmost first, and itself. */
  readonly layer?: { readonly number: number; readonly reader: ImageReader };
}

/** The images that are served. */
export class Shelf {
  readonly images: readonly ShelfImage[];

  /** @param images Their names without a folder; of two with one name the second gets a number. */
  constructor(images: readonly NamedImage[]) {
    const taken = new Set<string>();
    this.images = images.map((image) => {
      const own = freeName(image.name, taken);
      taken.add(own);
      return new ShelfImage(encoder.encode(own), image);
    });
  }

  /** Whether the root is a list of images. */
  get hasSeveral(): boolean {
    return this.images.length > 1;
  }

  /** The image a path lies in; `undefined` for the root of several, and for no image's name. */
  placeOf(path: Uint8Array): Place | undefined {
    if (!this.hasSeveral) return { image: this.images[0]!, path };
    const [first, ...rest] = namesOf(path);
    if (first === undefined) return undefined;
    const image = this.images.find(({ name }) => isSame(name, first));
    return image && { image, path: rest.reduce(pathBelow, new Uint8Array()) };
  }

  /** The path in the tree of a place in an image. */
  pathOf({ image, path }: Place): Uint8Array {
    return this.hasSeveral ? pathBelow(image.name, path) : path;
  }
}

/** What is at a place itself, be it a symbolic link. @throws PathError; CorruptImageError */
export async function lookUp(place: Place): Promise<Found> {
  return { ...place, stat: await place.image.reader.stat(place.path) };
}

/**
 * What one image of a stack has at a place, whatever lies above it.
 * @param number counted from the topmost
 * @throws PathError, also where there is no such layer; CorruptImageError
 */
export async function lookUpIn(place: Place, number: number): Promise<Found> {
  const reader = place.image.reader.layersAlone?.[number];
  if (reader === undefined) {
    const shown = printable(place.path);
    throw new PathError("no-such-path", shown, `cannot find ${shown}: there is no such layer.`);
  }
  return { ...place, stat: await reader.stat(place.path), layer: { number, reader } };
}

const encoder = new TextEncoder();

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const name = wanted.replaceAll("/", "_").replaceAll("\0", "_");
  const plain = /^\.{0,2}$/.test(name) ? "image" : name;
  for (let count = 1;; count++) {
    const candidate = count === 1 ? plain : `${plain} (${count})`;
    if (!taken.has(candidate)) return candidate;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

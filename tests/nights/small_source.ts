/**
 * A source that changes from night to night, and what it held.
 * @module
 */

import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { openImage } from "../../read.ts";
import type { Random } from "../mutants/random.ts";

/** Contents by path. */
export type State = ReadonlyMap<string, string>;

/** A folder of small files. */
export class SmallSource {
  readonly #files = new Map<string, string>();
  #count = 0;

  constructor(private readonly folder: string, private readonly random: Random) {
    for (let i = 0; i < 12; i++) this.#add();
  }

  /** What it holds now. */
  get state(): State {
    return new Map(this.#files);
  }

  /** Some files come, some go, some change, some get other names; in some nights nothing happens. */
  change(): void {
    for (let changes = this.random.below(5); changes > 0; changes--) {
      const path = this.random.pick([...this.#files.keys()]);
      const what = this.#files.size < 6 ? 0 : this.random.below(4);
      if (what === 0) this.#add();
      else if (what === 1) {
        rmSync(`${this.folder}/${path}`);
        this.#files.delete(path);
      } else if (what === 2) this.#write(path);
      else {
        const renamed = this.#path();
        renameSync(`${this.folder}/${path}`, `${this.folder}/${renamed}`);
        this.#files.set(renamed, this.#files.get(path)!);
        this.#files.delete(path);
      }
    }
  }

  #add(): void {
    this.#write(this.#path());
  }

  #path(): string {
    const folder = `f${this.random.below(4)}`;
    mkdirSync(`${this.folder}/${folder}`, { recursive: true });
    return `${folder}/${this.#count++}`;
  }

  #write(path: string): void {
    const text = `${path} ${this.random.word()} `.repeat(1 + this.random.below(200));
    writeFileSync(`${this.folder}/${path}`, text);
    this.#files.set(path, text);
  }
}

/** What an image holds, with all that it lies on. @throws as the reader does */
export async function stateOf(image: string, below: string): Promise<State> {
  const files = new Map<string, string>();
  await using reader = await openImage(image);
  for await (const { pathText, kind } of reader.walk(below)) {
    if (kind !== "file") continue;
    const path = pathText.slice(below.length + 1);
    files.set(path, await new Response(await reader.readFile(pathText)).text());
  }
  return files;
}

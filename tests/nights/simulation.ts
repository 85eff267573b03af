/**
 * One night after the other, with what may go wrong in them.
 * @module
 */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { main } from "../../cli/main.ts";
import { type FolderImage, readImageFolder } from "../../cli/rotation/image_folder.ts";
import { Random } from "../mutants/random.ts";
import { icecoreAt } from "./at_time.ts";
import { demanded } from "./expected.ts";
import { SmallSource, type State, stateOf } from "./small_source.ts";

const DAY_MS = 86_400_000;
/** No file of the source has been written by then. */
const FIRST_MS = Date.parse("2036-01-01T01:00:00Z");
const RULES = { last: 3, daily: 7, weekly: 4, monthly: 6, yearly: 2 };
const FULL_EVERY = 6;
const KEEP = Object.entries(RULES).flatMap(([rule, count]) => [`--keep-${rule}`, String(count)]);

/** Of this process, in which most nights take place. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What happened. */
export interface Figures {
  nights: number;
  backups: number;
  killed: number;
  disksFull: number;
  imagesDamaged: number;
  imagesTaken: number;
  alreadyBuiltOnDamage: number;
  verifications: number;
  statesRestored: number;
  imagesAtTheEnd: number;
}

/** A source, a folder of images, and what is known of both. */
export class Nights {
  readonly figures: Figures = {
    nights: 0,
    backups: 0,
    killed: 0,
    disksFull: 0,
    imagesDamaged: 0,
    imagesTaken: 0,
    alreadyBuiltOnDamage: 0,
    verifications: 0,
    statesRestored: 0,
    imagesAtTheEnd: 0,
  };
  readonly #random: Random;
  readonly #source: SmallSource;
  readonly #backup: string;
  /** What the source held when an image was begun. */
  readonly #states = new Map<string, State>();
  /** Images that we damaged or took away. */
  readonly #hurt = new Set<string>();
  readonly #realNow = Date.now;
  #timeMs = FIRST_MS;

  constructor(
    private readonly lab: string,
    seed: number,
    private readonly can: { readonly canFill: boolean },
  ) {
    this.#random = new Random(seed);
    this.#source = new SmallSource(`${lab}/srv`, this.#random);
    this.#backup = `${lab}/backup`;
  }

  /** One night. @throws AssertionError that names it */
  async live(night: number): Promise<void> {
    try {
      this.figures.nights++;
      this.#timeMs += this.#random.happens(0.1) ? DAY_MS / 3 : DAY_MS;
      this.#timeMs += (this.#random.below(600) - 300) * 1000;
      this.#setClock();
      this.#source.change();
      const before = await this.#images();
      const dice = this.#random.below(100);
      if (dice < 20) await this.#killed(before);
      else if (dice < 27 && this.can.canFill) await this.#onFullDisk(before);
      else await this.#backedUp(before);
      if (dice >= 86 && dice < 93) this.#takeOne(await this.#images());
      if (dice >= 93) this.#damageOne(await this.#images());
      if (night % 15 === 14) await this.#verifyAll();
      if (night % 10 === 9) await this.#restoreAll();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`night ${night}: ${message}`, { cause: error });
    }
  }

  /** All that is there is looked at once more. */
  async end(): Promise<void> {
    await this.#verifyAll();
    await this.#restoreAll();
    this.figures.imagesAtTheEnd = (await this.#images()).length;
  }

  #setClock(): void {
    const aheadMs = this.#timeMs - this.#realNow();
    Date.now = () => this.#realNow() + aheadMs;
  }

  get #args(): string[] {
    const to = ["--to", this.#backup, "--full-every", String(FULL_EVERY)];
    return ["build", `${this.lab}/srv`, ...to, ...KEEP, "-q", "-q"];
  }

  #images(): Promise<FolderImage[]> {
    return readImageFolder(this.#backup);
  }

  /** A night in which nothing happens to icecore itself. */
  async #backedUp(before: readonly FolderImage[]): Promise<void> {
    const code = await main(this.#args);
    assert.equal(code, 0, "the backup failed");
    this.figures.backups++;
    const images = await this.#images();
    const name = this.#learnNew(before, images);
    assert.ok(name !== undefined, "there is no new image");
    const state = this.#states.get(name)!;
    if (this.#isSound(name, images)) {
      assert.deepEqual(await stateOf(`${this.#backup}/${name}`, "srv"), state, `${name} differs`);
    } else this.figures.alreadyBuiltOnDamage++;
    this.#checkRules(before, images);
    const stray = readdirSync(this.#backup).filter((file) => this.#isStray(file, images));
    assert.deepEqual(stray, [], "what lies about");
  }

  async #killed(before: readonly FolderImage[]): Promise<void> {
    const killAfterMs = 100 + this.#random.below(2500);
    const { code } = await icecoreAt(this.#timeMs, this.#args, { killAfterMs, zone: ZONE });
    if (code !== 0) this.figures.killed++;
    const images = await this.#images();
    this.#learnNew(before, images);
    this.#checkLosses(before, images);
  }

  async #onFullDisk(before: readonly FolderImage[]): Promise<void> {
    const ballast = `${this.#backup}/ballast`;
    try {
      for (let size = 24 << 20; size >= 1024; size /= 2) appendWhileThereIsRoom(ballast, size);
      // Room for a part of an image, at times.
      Deno.truncateSync(ballast, Math.max(0, statSync(ballast).size - this.#random.below(20_000)));
      const code = await main(this.#args);
      if (code !== 0) this.figures.disksFull++;
    } finally {
      rmSync(ballast);
    }
    const images = await this.#images();
    this.#learnNew(before, images);
    this.#checkLosses(before, images);
  }

  /** Notes what a new image should hold. @returns Its name. */
  #learnNew(before: readonly FolderImage[], after: readonly FolderImage[]): string | undefined {
    const known = new Set(before.map(({ name }) => name));
    const [image] = after.filter(({ name }) => !known.has(name));
    if (image === undefined) return undefined;
    this.#hurt.delete(image.name);
    this.#states.set(image.name, this.#source.state);
    return image.name;
  }

  /** Whether neither it nor anything below it was touched by us. */
  #isSound(name: string, images: readonly FolderImage[]): boolean {
    for (let at: string | undefined = name; at !== undefined;) {
      if (this.#hurt.has(at)) return false;
      const image = images.find((each) => each.name === at);
      if (image === undefined) return false;
      at = image.baseName;
    }
    return true;
  }

  /** What the rules demand is there, and of what may go nothing else but what that lies on. */
  #checkRules(before: readonly FolderImage[], after: readonly FolderImage[]): void {
    this.#checkLosses(before, after);
    const verified = after.filter(({ isVerified }) => isVerified);
    const wanted = demanded(verified.map(takenOf), RULES);
    // Whatever is there is wanted, or something that is there lies on it.
    const needed = new Set(after.map(({ baseName }) => baseName));
    for (const { name } of verified) {
      assert.ok(wanted.has(name) || needed.has(name), `${name} is kept for no reason`);
    }
  }

  /** No image has lost what it lies on by icecore, and nothing is gone that a rule demands. */
  #checkLosses(before: readonly FolderImage[], after: readonly FolderImage[]): void {
    const there = new Set(after.map(({ name }) => name));
    for (const image of after) {
      if (image.broken === undefined) continue;
      assert.ok(!this.#isSound(image.name, after), `${image.name}: ${image.broken}`);
    }
    const all = [
      ...before,
      ...after.filter(({ name }) => !before.some((each) => each.name === name)),
    ];
    const good = all.filter((image) =>
      (after.find(({ name }) => name === image.name) ?? image).isVerified
    );
    for (const name of demanded(good.map(takenOf), RULES)) {
      assert.ok(there.has(name), `${name} is gone, and a rule keeps it`);
    }
    for (const { name, broken } of before) {
      if (broken !== undefined) assert.ok(there.has(name), `${name}, damaged, is gone`);
    }
  }

  #isStray(file: string, images: readonly FolderImage[]): boolean {
    if (file === ".icecore.lock") return false;
    const owner = file.replace(/\.(note\.json|sha512)$/, "");
    return !images.some(({ name }) => name === owner) && !this.#hurt.has(owner);
  }

  #takeOne(images: readonly FolderImage[]): void {
    const image = this.#random.pick(images);
    rmSync(image.location);
    this.#hurt.add(image.name);
    this.figures.imagesTaken++;
  }

  #damageOne(images: readonly FolderImage[]): void {
    const { location, name } = this.#random.pick(images);
    const bytes = readFileSync(location);
    const at = this.#random.below(bytes.length);
    for (let i = at; i < Math.min(at + 64, bytes.length); i++) bytes[i]! ^= 0xff;
    writeFileSync(location, bytes);
    this.#hurt.add(name);
    this.figures.imagesDamaged++;
  }

  /** What we damaged is found, and nothing else. */
  async #verifyAll(): Promise<void> {
    this.figures.verifications++;
    await main(["verify", "--all", this.#backup, "-q", "-q"]);
    const images = await this.#images();
    for (const { name, broken } of images) {
      assert.equal(broken === undefined, this.#isSound(name, images), `${name}: ${broken}`);
    }
  }

  /** Every image that nothing was done to holds what the source held. */
  async #restoreAll(): Promise<void> {
    const images = await this.#images();
    for (const { name, location } of images) {
      if (!this.#isSound(name, images) || !existsSync(location)) continue;
      assert.deepEqual(await stateOf(location, "srv"), this.#states.get(name), `${name} differs`);
      this.figures.statesRestored++;
    }
  }
}

function takenOf({ name, takenMs }: FolderImage) {
  return { name, timeMs: takenMs! };
}

function appendWhileThereIsRoom(path: string, sizeBytes: number): void {
  try {
    for (;;) writeFileSync(path, new Uint8Array(sizeBytes), { flag: "a" });
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOSPC") throw error;
  }
}

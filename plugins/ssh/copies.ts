/**
 * The files of one build on their way: partial first, final when their digests fit.
 * @module
 */

import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Artifact, Image, Payload, StepContext } from "../../mod.ts";
import { companionsOf, formatDigestLine, messageOf, withArtifact } from "../../plugin.ts";
import { quoted, type Remote } from "./argv.ts";
import { FarSide } from "./far_side.ts";
import type { options } from "./options.ts";
import { copyError, isDifferent, unchecked } from "./program_errors.ts";
import { BEGIN, COMPUTED, FINISH, REMOVE } from "./scripts.ts";

/** A file there. */
export interface Copy {
  readonly partial: string;
  readonly final: string;
}

/** A digest and its algorithm. */
type Digest = readonly [algorithm: string, digest: string];

/** The copies of one build. */
export class Copies {
  readonly far: FarSide;
  readonly #begun: Copy[] = [];
  readonly #finished: string[] = [];

  /** They are taken back when the build fails, be it after all were made final. */
  constructor(private readonly context: StepContext<typeof options>) {
    this.far = new FarSide(context);
    context.defer(() => this.far.close());
    context.onFailure(() => this.#takeBack());
  }

  /** Begins a copy, unless there is a file of that name that may not be replaced. */
  async begin(name: string): Promise<Copy> {
    const final = this.far.path(name);
    // Nobody else's partial file is touched, unless it is to be continued.
    const mark = this.#resumes ? "" : `.${randomUUID().slice(0, 8)}`;
    // sftp takes a line break for the end of a command.
    const copy = { final, partial: `${final.replaceAll("\n", "%0A")}${mark}.partial` };
    await this.#explained(copy, async () => {
      await this.far.run([BEGIN, this.far.address.folder, final, this.#overwrites, copy.partial]);
    });
    this.#begun.push(copy);
    return copy;
  }

  /** Copies a file from here, and makes it final. */
  async send(path: string, name: string, digest?: Digest): Promise<Copy> {
    const copy = await this.begin(name);
    const known = digest ?? ["sha512", await digestOf(path, this.context.signal)];
    await this.#explained(copy, async () => {
      await this.far.copy(path, copy.partial);
      try {
        await this.finish(copy, known);
      } catch (error) {
        if (!this.#resumes || !isDifferent(error)) throw error;
        // What was continued was the beginning of something else.
        const { folder } = this.far.address;
        await this.far.run([REMOVE, copy.partial]);
        await this.far.run([BEGIN, folder, copy.final, this.#overwrites, copy.partial]);
        await this.far.copy(path, copy.partial);
        await this.finish(copy, known);
      }
    });
    return copy;
  }

  /** Has the digest checked there, and gives the file its name. */
  async finish(copy: Copy, [algorithm, digest]: Digest): Promise<void> {
    const { partial, final } = copy;
    const finish: Remote = [FINISH, partial, final, algorithm, digest, this.#overwrites];
    const { stdout } = await this.far.run(finish);
    // It may have been another program than the far side's shell that ended well. An account whose
    // shell prints something may begin the line with it.
    if (!stdout.split("\n").some((line) => line.endsWith(`${COMPUTED} ${digest}`))) {
      throw unchecked(this.far.shown(final));
    }
    this.#begun.splice(this.#begun.indexOf(copy), 1);
    this.#finished.push(copy.final);
  }

  /** Sends what belongs to the payload, and reports where it is. */
  async complete(image: Image, payload: Payload, copy: Copy): Promise<Image> {
    const companions = await this.#sendCompanions(image, payload);
    const known = Object.entries(payload.digests)[0];
    if (known !== undefined && !companions.some(({ kind }) => kind === known[0])) {
      const [algorithm, digest] = known;
      const name = `${payload.name}.${algorithm}`;
      const path = join(this.context.workdir, name);
      await writeFile(path, `${formatDigestLine({ digest, name: payload.name })}\n`);
      await this.send(path, name);
    }
    return this.#withUrl(image, payload, copy.final);
  }

  /** Sends the files that the payload was cut into, with their manifest and what else belongs to it. */
  async sendParts(image: Image, payload: Payload): Promise<Image> {
    await this.#sendCompanions(image, payload);
    return this.#withUrl(image, payload, this.far.path(`${payload.name}.manifest`));
  }

  async #sendCompanions(image: Image, payload: Payload): Promise<readonly Artifact[]> {
    const companions = companionsOf({ ...image, payload });
    for (const { path, finalPath } of companions) await this.send(path, basename(finalPath));
    return companions;
  }

  #withUrl(image: Image, { sizeBytes }: Payload, path: string): Image {
    const url = this.far.shown(path);
    return withArtifact(image, {
      kind: "ssh",
      path: url,
      finalPath: url,
      sizeBytes,
      details: { url },
    });
  }

  /** Runs work on a copy, and explains its failure. */
  async #explained(copy: Copy, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw copyError(this.far.shown(copy.final), error);
    }
  }

  /** Removes what was sent, but for what may have replaced something. Never throws. */
  async #takeBack(): Promise<readonly string[]> {
    const partial = this.#begun.map((copy) => copy.partial);
    const final = this.#finished;
    const gone = [...this.#resumes ? [] : partial, ...this.#overwrites === "yes" ? [] : final];
    const left = this.#resumes ? this.#tellStays(partial, "is kept to be continued") : [];
    if (this.#overwrites === "yes") {
      const why = "stays there: it may have replaced another, which is gone";
      left.push(...this.#tellStays(final, why));
    }
    if (gone.length === 0) return left;
    await this.far.run([REMOVE, ...gone], null).catch((error) => {
      left.push(...this.#tellStays(gone, `may be left behind: ${messageOf(error)}`));
    });
    return left;
  }

  /** Names what stays, and the command that removes it. @returns Its names. */
  #tellStays(paths: readonly string[], what: string): string[] {
    if (paths.length === 0) return [];
    const { host } = this.far.address;
    const shown = paths.map((path) => this.far.shown(path));
    const text = `${shown.join(", ")} ${what}. ` +
      `To remove it: ssh ${host} ${quoted(`rm -- ${paths.map(quoted).join(" ")}`)}`;
    this.context.emit({ type: "message", level: "warning", text });
    return shown;
  }

  get #resumes(): boolean {
    return this.context.options.resume === true;
  }

  get #overwrites(): "yes" | "no" {
    return this.context.options.overwrite === true ? "yes" : "no";
  }
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha512");
  const pieces = createReadStream(path, { highWaterMark: 2 ** 20, signal });
  for await (const piece of pieces) hash.update(piece as Uint8Array);
  return hash.digest("hex");
}

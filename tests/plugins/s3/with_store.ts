/**
 * A lab and a store beside it: builds of the lab's source are sent to the bucket `vault`.
 * @module
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { BuildEvent } from "../../../mod.ts";
import s3 from "../../../plugins/s3.ts";
import { inLab, type Lab } from "../../faults/lab.ts";
import { setEnvironment } from "../../support/programs/environment.ts";
import { CREDENTIALS } from "../../support/servers/s3rver.ts";
import { type Builder, builder } from "../building.ts";
import { type FaultyStore, faultyStore, type StoreOptions } from "./store.ts";

/** Bytes of a part: the fewest that stores take. */
export const PART_BYTES = 5 * 2 ** 20;

/** What a test is given. */
export interface Run {
  readonly lab: Lab;
  readonly store: FaultyStore;
  /** Events of all its builds. */
  readonly events: readonly BuildEvent[];
  /** Builds and uploads the lab's source. */
  readonly build: Builder;
}

/** Gives a lab and a store to `body`, with the store's credentials in the environment. */
export async function withStore(
  options: StoreOptions,
  body: (run: Run) => Promise<void>,
): Promise<void> {
  using _environment = setEnvironment(CREDENTIALS);
  await inLab(async (lab) => {
    await using store = await faultyStore(lab.folder, options);
    const events: BuildEvent[] = [];
    const defaults = {
      to: "s3://vault/backup",
      endpoint: store.endpoint,
      partSize: PART_BYTES,
      retries: 3,
    };
    await body({ lab, store, events, build: builder(lab, s3, defaults, events) });
  });
}

/** Fails unless the image and its digest are in the store, and nothing else is. */
export function assertStored({ lab, store }: Run): void {
  const image = readFileSync(lab.image);
  assert.ok(
    image.equals(store.object("backup/out.img") ?? new Uint8Array()),
    "the image is stored",
  );
  const line = new TextDecoder().decode(store.object("backup/out.img.sha512"));
  assert.equal(line, `${createHash("sha512").update(image).digest("hex")}  out.img\n`);
  assert.deepEqual(store.keys(), ["backup/out.img", "backup/out.img.sha512"]);
  assert.deepEqual(store.unfinished(), []);
}

/** Fails when there is anything in the store, also what costs money without being an object. */
export function assertNothingStored({ store }: Run): void {
  assert.deepEqual(store.keys(), []);
  assert.deepEqual(store.unfinished(), []);
}

/** How many requests of a kind there were. */
export function countRequests({ store }: Run, kind: string): number {
  return store.requests.filter((each) => each === kind).length;
}

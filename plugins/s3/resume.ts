/**
 * Whether an upload is resumed: one that was begun and neither completed nor aborted.
 * @module
 */

import { type Answer, isName } from "./checksum.ts";
import type { Store, StoreContext } from "./store.ts";
import { factsOf } from "./store_errors.ts";

/** A part that the store has. */
export type KnownPart = Answer & { readonly Size?: number | undefined };

/** An upload that was left. */
export interface Unfinished {
  readonly uploadId: string;
  /** By their numbers. */
  readonly parts: ReadonlyMap<number, KnownPart>;
}

/**
 * The upload that is continued: with the option `resume`, the last of the key that was left.
 * @returns `undefined` where a new one is to be begun
 */
export async function uploadToResume(
  store: Store,
  bucket: string,
  key: string,
  { options, emit }: StoreContext,
  signal: AbortSignal,
): Promise<Unfinished | undefined> {
  if (!options.resume) return undefined;
  const { aws } = store;
  try {
    const list = new aws.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key });
    const { Uploads = [] } = await store.retry(
      (client) => client.send(list, { abortSignal: signal }),
      signal,
    );
    const ours = Uploads.filter(({ Key, UploadId }) => Key === key && isName(UploadId))
      .sort((a, b) => Number(a.Initiated ?? 0) - Number(b.Initiated ?? 0));
    const uploadId = ours.at(-1)?.UploadId;
    if (uploadId === undefined) return undefined;
    const parts = await partsOf(store, { Bucket: bucket, Key: key, UploadId: uploadId }, signal);
    const text = `${key}: an unfinished upload of ${parts.size} parts is continued`;
    emit({ type: "message", level: "info", text });
    return { uploadId, parts };
  } catch (error) {
    if (factsOf(error).status !== 501) throw error;
    const text = `${key}: the store lists no unfinished uploads, so that a new one is begun`;
    emit({ type: "message", level: "warning", text });
    return undefined;
  }
}

async function partsOf(
  store: Store,
  object: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
  signal: AbortSignal,
): Promise<Map<number, KnownPart>> {
  const parts = new Map<number, KnownPart>();
  let marker: string | undefined;
  while (true) {
    const list = new store.aws.ListPartsCommand({
      ...object,
      ...marker !== undefined && { PartNumberMarker: marker },
    });
    const page = await store.retry((client) => client.send(list, { abortSignal: signal }), signal);
    for (const part of page.Parts ?? []) {
      if (Number.isInteger(part.PartNumber)) parts.set(part.PartNumber!, part);
    }
    const next = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
    // Parts that a store does not list are sent again, so that nothing is lost by ending here.
    if (next === undefined || !(Number(next) > Number(marker ?? -1))) return parts;
    marker = next;
  }
}

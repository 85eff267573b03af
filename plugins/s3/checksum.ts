/**
 * Checksums of parts: SHA-256, which the store checks and confirms. A store that does not know it
 * confirms the MD5 in its ETag.
 * @module
 */

import { createHash } from "node:crypto";
import { ChecksumError } from "./store_errors.ts";

/** How a store has confirmed a part. */
export type Confirmation = "sha256" | "md5" | "none";

/** A part's checksum. */
export class PartChecksum {
  /** @param sha256 Of the bytes. */
  constructor(readonly bytes: Uint8Array, private readonly sha256: Uint8Array) {}

  /** As the header `x-amz-checksum-sha256` has it. */
  get base64(): string {
    return this.sha256.toBase64();
  }

  /** As the signature has it. */
  get hex(): string {
    return this.sha256.toHex();
  }

  /** In hex. */
  get md5(): string {
    return createHash("md5").update(this.bytes).digest("hex");
  }

  /** How the store's words confirm the part. @throws ChecksumError when they contradict it. */
  confirmedBy(answer: Answer): Confirmation {
    const { ChecksumSHA256: sha256, ETag } = answer;
    if (sha256 !== undefined) return agree(sha256 === this.base64, "sha256");
    const md5 = /^"?([0-9a-f]{32})"?$/i.exec(ETag ?? "")?.[1];
    if (md5 === undefined) return "none";
    return agree(md5.toLowerCase() === this.md5, "md5");
  }

  /** Whether a part that the store has already is the same, and can be named to complete it. */
  isThatOf(part: Answer & { readonly Size?: number | undefined }): boolean {
    try {
      return isName(part.ETag) && part.Size === this.bytes.length &&
        this.confirmedBy(part) !== "none";
    } catch (error) {
      if (error instanceof ChecksumError) return false;
      throw error;
    }
  }
}

/** What a store says about a part. */
export interface Answer {
  readonly ChecksumSHA256?: string | undefined;
  readonly ETag?: string | undefined;
}

/** Whether it can be used in another request: stores leave things out, or leave them empty. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function agree(agrees: boolean, by: Confirmation): Confirmation {
  if (agrees) return by;
  throw new ChecksumError("the store has received other bytes than were sent");
}

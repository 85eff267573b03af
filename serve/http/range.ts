/**
 * Which bytes of a file a request wants (RFC 9110, section 14).
 * @module
 */

/** Bytes of a file, the end not included. */
export interface ByteSpan {
  readonly startBytes: number;
  readonly endBytes: number;
}

/** What the answer to a request for a range is. */
export type RangeAnswer = "whole" | "unsatisfiable" | ByteSpan;

/**
 * The answer to `Range`. What is not understood, and more than one range, is answered with the whole
 * file, as the RFC allows.
 *
 * @param range The header; `undefined` without one.
 * @param ifRange Header `If-Range`: the range is meant for what has this tag. A date does not do: to the
 * second it does not say which contents are meant.
 */
export function answerRange(
  range: string | undefined,
  ifRange: string | undefined,
  etag: string,
  sizeBytes: number,
): RangeAnswer {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(range ?? "");
  if (match === null || (ifRange !== undefined && ifRange.trim() !== etag)) return "whole";
  const [, first = "", last = ""] = match;
  if (first === "") {
    const suffix = Number(last);
    if (last === "") return "whole";
    if (suffix === 0 || sizeBytes === 0) return "unsatisfiable";
    return { startBytes: Math.max(0, sizeBytes - suffix), endBytes: sizeBytes };
  }
  const startBytes = Number(first);
  const endBytes = last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== "" && Number(last) < startBytes) return "whole";
  return startBytes >= sizeBytes ? "unsatisfiable" : { startBytes, endBytes };
}

/** Whether `If-None-Match` names what is there: then nothing needs to be sent. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const weakless = (tag: string) => tag.trim().replace(/^W\//, "");
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").map(weakless).includes(etag);
}

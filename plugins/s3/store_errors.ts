/**
 * What a store's errors mean, and what to do about them.
 * @module
 */

import { EnvironmentError } from "../../mod.ts";
import { printable } from "../../plugin.ts";

/** The name and status of what the AWS client throws. */
export function factsOf(error: unknown): { name: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: "", status: undefined };
  const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
  return { name: error.name, status: metadata?.httpStatusCode };
}

/** What arrived differs from what was sent. */
export class ChecksumError extends Error {
  override name = "ChecksumError";
}

/** An answer lacks what the next request needs. */
export class IncompleteAnswerError extends Error {
  override name = "IncompleteAnswerError";
}

const FULL = ["InsufficientStorage", "XMinioStorageFull", "QuotaExceeded", "StorageFull"];
const WRONG_KEYS = ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"];
const TRY_AGAIN = [
  ...["RequestTimeout", "RequestTimeTooSkewed", "SlowDown", "BadDigest"],
  // Something else is being done with the same name, by ourselves perhaps.
  ...["ConditionalRequestConflict", "OperationAborted"],
];
/** What has nothing to do with the network, though the store was not reached. */
const LOCAL = [
  ...["CredentialsProviderError", "TypeError", "RangeError", "ReferenceError"],
  "IncompleteAnswerError",
];

/** Whether the same request may go well later: the connection broke, or the store is not at ease. */
export function isTransient(error: unknown): boolean {
  const { name, status } = factsOf(error);
  if (TRY_AGAIN.includes(name) || error instanceof ChecksumError) return true;
  if (isLocal(error) || NEEDS_SETTING.test(wordsOf(error))) return false;
  if (isFull(name, status) || status === 501) return false;
  return status === undefined || status >= 500 || status === 429 || status === 408;
}

/** Whether the store has answered that it does not do it. */
export function isRefusal(error: unknown): boolean {
  const { status = 0 } = factsOf(error);
  return status >= 400 && status < 500 && !(error instanceof ChecksumError);
}

/** Whether it has nothing to do with the network, though the store gave no answer. */
export function isLocal(error: unknown): boolean {
  return LOCAL.includes(factsOf(error).name) || isRegionMissing(error) ||
    fileOf(error) !== undefined;
}

/** Failures of TLS, which do not pass. */
const NEEDS_SETTING =
  /certificate|self.signed|UNABLE_TO_VERIFY|CERT_|WRONG_VERSION|InvalidContent/i;

function wordsOf(error: unknown): string {
  return error instanceof Error
    ? `${error.message} ${(error as { code?: string }).code ?? ""}`
    : "";
}

/** A file of the credentials that cannot be read. */
function fileOf(error: unknown): string | undefined {
  const { code, path } = error as { code?: unknown; path?: unknown };
  if (!["ENOENT", "EACCES", "EISDIR", "EPERM"].includes(String(code))) return undefined;
  return typeof path === "string" ? path : /'(.*)'/.exec(wordsOf(error))?.[1];
}

function isFull(name: string, status: number | undefined): boolean {
  return FULL.includes(name) || status === 507;
}

function isRegionMissing(error: unknown): boolean {
  return /^Region is missing/.test(error instanceof Error ? error.message : "");
}

/** Whether the object is there already. */
function isTaken(error: unknown): boolean {
  const { name, status } = factsOf(error);
  return status === 412 || name === "PreconditionFailed";
}

/** The error to show. @param address Of the object, `s3://BUCKET/KEY`. */
export function uploadError(address: string, error: unknown): EnvironmentError {
  if (error instanceof EnvironmentError) return error;
  const [why, what, code] = explain(error);
  return new EnvironmentError(`cannot upload ${printable(address)}: ${why}. ${what}`, code, {
    cause: error,
  });
}

function explain(error: unknown): [why: string, what: string, code: string] {
  const { name, status } = factsOf(error);
  const message = error instanceof Error ? error.message.replace(/\.$/, "") : String(error);
  if (name === "CredentialsProviderError") {
    return [
      "no credentials were found",
      "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
      "no-credentials",
    ];
  }
  const file = status === undefined ? fileOf(error) : undefined;
  if (file !== undefined) {
    return [
      `the file ${file} of the credentials cannot be read`,
      "Check AWS_WEB_IDENTITY_TOKEN_FILE and ~/.aws.",
      "no-credentials",
    ];
  }
  if (isRegionMissing(error)) {
    return ["the region is not known", "Set AWS_REGION, or s3.region.", "no-region"];
  }
  if (WRONG_KEYS.includes(name)) {
    return [
      `the store refuses the credentials (${name})`,
      "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.",
      "wrong-credentials",
    ];
  }
  if (name === "NoSuchBucket") {
    return ["there is no such bucket", "Check s3.to, s3.region and s3.endpoint.", "no-bucket"];
  }
  if (isTaken(error)) return taken;
  if (isFull(name, status)) {
    return ["the store is full", "Make room in it, or choose another one.", "store-full"];
  }
  if (status === 403) {
    return ["access denied", "Allow these credentials to write there.", "access-denied"];
  }
  if (TRY_AGAIN.includes(name) && status === 409) {
    return [
      `something else is being done with that name (${name})`,
      "Build again when it has ended.",
      "store-failed",
    ];
  }
  if (status !== undefined) {
    return [`the store answered ${status} ${name}: ${message}`, "Try again later.", "store-failed"];
  }
  if (error instanceof IncompleteAnswerError) {
    return [message, "Check whether s3.endpoint is a store for S3.", "store-failed"];
  }
  if (error instanceof ChecksumError) {
    return [message, "Check the network, the store and the machine's memory.", "bad-checksum"];
  }
  return [
    message === "the connection failed" ? message : `the connection failed: ${message || name}`,
    "Check the network and s3.endpoint.",
    "connection-failed",
  ];
}

const taken: [string, string, string] = [
  "there is an object of that name already",
  "Choose another name or prefix, or set s3.overwrite to true.",
  "object-exists",
];

/** The error for an object that is there already. */
export function takenError(address: string): EnvironmentError {
  const [why, what, code] = taken;
  return new EnvironmentError(`cannot upload ${printable(address)}: ${why}. ${what}`, code);
}

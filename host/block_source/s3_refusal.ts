/**
 * What a store refuses, and what the AWS client does not find, when an object is read.
 * @module
 */

/** What is said of it. */
export interface StoreRefusal {
  /** Why, and what to do. */
  readonly why: string;
  /** A stable word for scripts. */
  readonly code: string;
}

/** @returns `undefined` for what is not of a store's own kind. */
export function storeRefusal(
  error: unknown,
  name: string,
  status: number | undefined,
): StoreRefusal | undefined {
  const said = error instanceof Error ? error.message.replace(/\.$/, "") : "";
  const file = fileOf(error);
  if (name === "NoSuchBucket") {
    return {
      why: "there is no such bucket. Check the address, AWS_REGION and AWS_ENDPOINT_URL.",
      code: "url-not-found",
    };
  }
  if (KEYS.includes(name)) {
    return {
      why: `the store refuses the credentials (${name}). Check AWS_ACCESS_KEY_ID, ` +
        "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or AWS_PROFILE.",
      code: "wrong-credentials",
    };
  }
  if (name === "InvalidObjectState") {
    return {
      why:
        "it is archived, and cannot be read at once (InvalidObjectState). Restore it first, as " +
        "with aws s3api restore-object.",
      code: "object-archived",
    };
  }
  if (name === "CredentialsProviderError" || name === "TokenProviderError") {
    return {
      why: "no credentials were found" + (/profile|file|token/i.test(said) ? ` (${said})` : "") +
        ". Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; a public object also " +
        "has an https address.",
      code: "no-credentials",
    };
  }
  if (status === undefined && file !== undefined) {
    return {
      why: `the file ${file} of the credentials cannot be read. Check ` +
        "AWS_WEB_IDENTITY_TOKEN_FILE and ~/.aws.",
      code: "no-credentials",
    };
  }
  if (/^Region is missing/.test(said)) {
    return { why: "the region is not known. Set AWS_REGION.", code: "no-region" };
  }
  return undefined;
}

const KEYS = [
  ...["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"],
  ...["AuthorizationHeaderMalformed", "TokenRefreshRequired", "ExpiredTokenException"],
];

/** The file that could not be opened, where that is what failed. */
function fileOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, path } = each as { code?: unknown; path?: unknown };
    const isFile = ["ENOENT", "EACCES", "EISDIR", "EPERM"].includes(String(code));
    if (isFile) return typeof path === "string" ? path : /'(.*)'/.exec(each.message)?.[1];
  }
  return undefined;
}

/**
 * Ranges of an object in S3, or in a store that speaks its language.
 *
 * Region, credentials and endpoint come from where the AWS tools look for them: `AWS_REGION`,
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_PROFILE`,
 * `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, and the files in `~/.aws`.
 * @module
 */

import process from "node:process";
import type { GetObjectCommandOutput, S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { EnvironmentError } from "../environment_error.ts";
import { connectionError } from "./connection_error.ts";
import { statusError } from "./http_status.ts";
import { shownLocation } from "./location.ts";
import { OutsideFileError, type RangeReply, type RangeServer } from "./ranges.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An object in S3. The AWS client is loaded here, and nowhere else.
 *
 * @param address `s3://BUCKET/KEY`; the key is taken as it is.
 * @throws EnvironmentError when the address is not of that form.
 */
export async function s3Server(
  address: string,
  environment: Environment = process.env,
): Promise<RangeServer> {
  const shownName = shownLocation(address);
  const match = /^s3:\/\/([^/]+)\/(.+)$/is.exec(address);
  if (match === null) {
    throw new EnvironmentError(
      `cannot read ${shownName}: it names no object. Write it as s3://BUCKET/KEY.`,
      "bad-url",
    );
  }
  const { S3Client, GetObjectCommand } = await import("@aws-sdk/client-s3");
  const client = new S3Client(clientConfig(environment));
  const [, Bucket, Key] = match;
  const get = (Range: string, abortSignal: AbortSignal) =>
    client.send(new GetObjectCommand({ Bucket, Key, Range }), { abortSignal });
  return new S3Server(shownName, client, get);
}

/** What the client is made with. A custom endpoint is addressed as `ENDPOINT/BUCKET/KEY`. */
export function clientConfig(environment: Environment): S3ClientConfig {
  const endpoint = environment["AWS_ENDPOINT_URL_S3"] || environment["AWS_ENDPOINT_URL"];
  const region = environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] ||
    (endpoint ? "us-east-1" : undefined);
  return {
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(region === undefined ? {} : { region }),
    followRegionRedirects: true,
    // Retries are counted in one place for all servers.
    maxAttempts: 1,
    responseChecksumValidation: "WHEN_REQUIRED",
  };
}

class S3Server implements RangeServer {
  constructor(
    readonly shownName: string,
    private readonly client: S3Client,
    private readonly get: (range: string, signal: AbortSignal) => Promise<GetObjectCommandOutput>,
  ) {}

  async request(startBytes: number, endBytes: number, signal: AbortSignal): Promise<RangeReply> {
    const output = await this.get(`bytes=${startBytes}-${endBytes - 1}`, signal)
      .catch((error) => {
        throw this.#errorOf(error);
      });
    const body = output.Body?.transformToWebStream();
    const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(output.ContentRange ?? "");
    if (match === null || body === undefined || Number(match[1]) !== startBytes) {
      await body?.cancel().catch(() => {});
      throw new EnvironmentError(
        `cannot read ${this.shownName} in place: the store ignores ranges. Download the image.`,
        "no-ranges",
      );
    }
    return {
      totalBytes: Number(match[2]),
      version: {
        ...(output.ETag === undefined ? {} : { etag: output.ETag }),
        ...(output.LastModified === undefined
          ? {}
          : { lastModified: output.LastModified.toISOString() }),
      },
      body,
    };
  }

  close(): void {
    this.client.destroy();
  }

  #errorOf(error: unknown): Error {
    const { name, status } = factsOf(error);
    if (status === 416) return new OutsideFileError();
    if (name === "NoSuchBucket") {
      return new EnvironmentError(
        `cannot read ${this.shownName}: there is no such bucket. Check the address, AWS_REGION and ` +
          "AWS_ENDPOINT_URL.",
        "url-not-found",
      );
    }
    if (name === "CredentialsProviderError") {
      return new EnvironmentError(
        `cannot read ${this.shownName}: no credentials were found. Set AWS_ACCESS_KEY_ID and ` +
          "AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; a public object has an https address, too.",
        "no-credentials",
      );
    }
    if (/^Region is missing/.test(error instanceof Error ? error.message : "")) {
      return new EnvironmentError(
        `cannot read ${this.shownName}: the region is not known. Set AWS_REGION.`,
        "no-region",
      );
    }
    if (status !== undefined && status >= 300) return statusError(this.shownName, status, null);
    return connectionError(this.shownName, error);
  }
}

function factsOf(error: unknown): { name: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: "", status: undefined };
  const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
  return { name: error.name, status: metadata?.httpStatusCode };
}

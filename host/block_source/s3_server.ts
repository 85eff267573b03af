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
import { awsClientConfig } from "../aws/client_config.ts";
import { awsStore } from "../aws/store.ts";
import { EnvironmentError } from "../environment_error.ts";
import { connectionError, proxyError } from "./connection_error.ts";
import { statusError } from "./http_status.ts";
import { shownLocation } from "./location.ts";
import { OutsideFileError, type RangeReply, type RangeServer, TransientError } from "./ranges.ts";
import { storeRefusal } from "./s3_refusal.ts";

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
  const { config, url } = awsStore({}, {}, environment);
  const client = new S3Client(config as S3ClientConfig);
  const [, Bucket, Key] = match;
  const get = (Range: string, abortSignal: AbortSignal) =>
    client.send(new GetObjectCommand({ Bucket, Key, Range }), { abortSignal });
  return new S3Server(shownName, url, client, get);
}

/** What the client is made with. */
export function clientConfig(environment: Environment): S3ClientConfig {
  return awsClientConfig({}, {}, environment) as S3ClientConfig;
}

class S3Server implements RangeServer {
  constructor(
    readonly shownName: string,
    private readonly store: URL,
    private readonly client: S3Client,
    private readonly get: (range: string, signal: AbortSignal) => Promise<GetObjectCommandOutput>,
  ) {}

  async request(startBytes: number, endBytes: number, signal: AbortSignal): Promise<RangeReply> {
    const output = await this.get(`bytes=${startBytes}-${endBytes - 1}`, signal)
      .catch(async (error) => {
        throw signal.aborted ? error : await storeError(this.shownName, this.store, error);
      });
    const body = output.Body?.transformToWebStream();
    const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(output.ContentRange ?? "");
    const isRange = match !== null && Number(match[1]) === startBytes &&
      Number.isSafeInteger(Number(match[2]));
    if (!isRange || body === undefined) {
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
}

/**
 * What an error of the AWS client means.
 *
 * @param shownName What was asked for. @param store Its address.
 */
export async function storeError(shownName: string, store: URL, error: unknown): Promise<Error> {
  const { name, status } = factsOf(error);
  if (status === 416) return new OutsideFileError();
  // The client sets its clock by the answer.
  if (name === "RequestTimeTooSkewed") return new TransientError("this machine's clock is wrong");
  const known = storeRefusal(error, name, status);
  if (known !== undefined) {
    return new EnvironmentError(`cannot read ${shownName}: ${known.why}`, known.code);
  }
  if (status === 407) return proxyError(shownName, store);
  if (status !== undefined && status >= 300) {
    const isNamed = name !== "" && !/^(Error|Unknown.*)$/.test(name);
    return statusError(shownName, status, null, isNamed ? ` (${name})` : "");
  }
  return await connectionError(shownName, error, store);
}

function factsOf(error: unknown): { name: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: "", status: undefined };
  const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
  return { name: error.name, status: metadata?.httpStatusCode };
}

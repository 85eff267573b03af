/**
 * How an AWS client finds its store: endpoint, region, proxies and trusted certificates, from where
 * the AWS tools look for them.
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import { proxyFor } from "../connection/proxies.ts";
import { EnvironmentError } from "../environment_error.ts";
import { meaningOf } from "../libc/errno.ts";
import { printable } from "../libc/paths.ts";
import { fetchHandler } from "./fetch_handler.ts";
import { awsProfile } from "./profile.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is said of a store beside the environment. */
export interface AwsPlace {
  /** Its address, where it is not Amazon's. */
  readonly endpoint?: string | undefined;
  /** The bucket's region. */
  readonly region?: string | undefined;
}

/** Limits on one request. */
export interface AwsPatience {
  /** For a connection to be made. */
  readonly connectionTimeout?: number;
  /** Without a byte in either direction. */
  readonly socketTimeout?: number;
}

/** The part of an S3 client's configuration that is set here. */
export interface AwsClientConfig {
  /** The store's address, where it is not Amazon's. */
  readonly endpoint?: string;
  /** Whether the bucket stands in the path, and not before the host. */
  readonly forcePathStyle?: boolean;
  /** The bucket's region, where it is known. */
  readonly region?: string;
  /** How requests are sent: limits for the client's own way, or another way. */
  readonly requestHandler?: Readonly<Record<string, unknown>>;
  /** Whether the client goes to the region that the store names. */
  readonly followRegionRedirects: boolean;
  /** Attempts of the client itself: one, because they are counted by those who use it. */
  readonly maxAttempts: number;
  /** When the client looks at checksums of answers. */
  readonly responseChecksumValidation: "WHEN_REQUIRED";
}

/** Connections at a time; the AWS client's own default. */
const MOST_SOCKETS = 50;

/**
 * What an S3 client is made with. A custom endpoint is addressed as `ENDPOINT/BUCKET/KEY`.
 *
 * @throws EnvironmentError when the endpoint is not an address, or `AWS_CA_BUNDLE` cannot be read.
 */
export function awsClientConfig(
  given: AwsPlace = {},
  patience: AwsPatience = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): AwsClientConfig {
  const profile = awsProfile(environment);
  const endpoint = endpointOf(given, environment, profile.endpoint);
  const region = given.region || environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] ||
    profile.region || (endpoint ? "us-east-1" : undefined);
  const handler = handlerFor(storeUrl(endpoint, region), patience, environment, profile.caBundle);
  return {
    ...(endpoint ? { endpoint, forcePathStyle: true } : {}),
    ...(region === undefined ? {} : { region }),
    ...(handler === undefined ? {} : { requestHandler: handler }),
    followRegionRedirects: true,
    maxAttempts: 1,
    responseChecksumValidation: "WHEN_REQUIRED",
  };
}

/** The address that requests go to, whatever bucket stands before it. */
export function storeUrl(endpoint: string | undefined, region: string | undefined): URL {
  return new URL(endpoint ?? `https://s3.${region ?? "us-east-1"}.amazonaws.com`);
}

function endpointOf(
  given: AwsPlace,
  environment: Environment,
  ofProfile: string | undefined,
): string | undefined {
  const isIgnored = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true";
  const configured = isIgnored ? [] : [
    [environment["AWS_ENDPOINT_URL_S3"], "AWS_ENDPOINT_URL_S3"],
    [environment["AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL"],
    [ofProfile, "the profile's endpoint_url"],
  ];
  const [endpoint, where] = [[given.endpoint, "s3.endpoint"], ...configured]
    .find(([value]) => (value ?? "") !== "") ?? [];
  if (endpoint === undefined) return undefined;
  const url = URL.parse(endpoint);
  if (url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "") return endpoint;
  throw new EnvironmentError(
    `cannot use the endpoint ${printable(endpoint)}: it is not an http or https address. Write ` +
      `${where} as https://HOST or http://HOST:PORT.`,
    "bad-endpoint",
  );
}

function handlerFor(
  url: URL,
  patience: AwsPatience,
  environment: Environment,
  ofProfile: string | undefined,
): AwsClientConfig["requestHandler"] {
  // The client's own way knows no proxies.
  if (proxyFor(url, environment) !== undefined) return { ...fetchHandler };
  const bundle = environment["AWS_CA_BUNDLE"] || ofProfile;
  const isTrusting = bundle !== undefined && url.protocol === "https:";
  if (!isTrusting) return Object.keys(patience).length === 0 ? undefined : { ...patience };
  const ca = certificatesIn(bundle);
  // Taken where it is needed: to import it takes longer than all of this module.
  const { Agent } = process.getBuiltinModule("node:https");
  return {
    ...patience,
    httpsAgent: new Agent({ ca, keepAlive: true, maxSockets: MOST_SOCKETS }),
  };
}

function certificatesIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new EnvironmentError(
      `cannot read the certificates in ${printable(path)}: ${meaningOf(error)}. ` +
        "Correct AWS_CA_BUNDLE, or ca_bundle in the profile.",
      "bad-certificate-file",
      { cause: error },
    );
  }
}

/**
 * A store that speaks S3's language: how its client is made, where it is, why it does not answer.
 * @module
 */

import process from "node:process";
import { type ConnectionFailure, connectionFailure } from "../connection/connection_failure.ts";
import {
  type AwsClientConfig,
  awsClientConfig,
  type AwsPatience,
  type AwsPlace,
  storeUrl,
} from "./client_config.ts";

/** A store as the AWS tools would find it. */
export interface AwsStore {
  /** What an S3 client is made with. */
  readonly config: AwsClientConfig;
  /** The address that requests go to, whatever bucket stands before it. */
  readonly url: URL;
  /** Explains why a request got no answer; `undefined` where the connection only broke. */
  failureOf(error: unknown): Promise<ConnectionFailure | undefined>;
}

/**
 * Finds a store by what is given of it and by where the AWS tools look.
 *
 * @throws EnvironmentError when the endpoint is not an address, or `AWS_CA_BUNDLE` cannot be read.
 * @internal
 */
export function awsStore(
  given: AwsPlace = {},
  patience: AwsPatience = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): AwsStore {
  const config = awsClientConfig(given, patience, environment);
  const url = storeUrl(config.endpoint, config.region);
  return { config, url, failureOf: (error) => connectionFailure(url, error, environment) };
}

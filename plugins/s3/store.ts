/**
 * Requests to a store, repeated while there is hope.
 *
 * Credentials come from where the AWS tools look for them: the environment, `~/.aws`, the machine.
 * @module
 */

import { setTimeout } from "node:timers/promises";
import type * as Aws from "@aws-sdk/client-s3";
import type { StepContext } from "../../mod.ts";
import { awsStore } from "../../plugin.ts";
import type { options as schema } from "./options.ts";
import { isTransient } from "./store_errors.ts";

/** The first pause before a request is made again; each is twice the one before. */
const PAUSE_MS = 250;
const CONNECT_MS = 10_000;
/** No byte goes either way for so long: the connection is dead. */
const SILENCE_MS = 120_000;

/** What of a step's context is used. */
export type StoreContext = Pick<StepContext<typeof schema>, "options" | "emit" | "signal">;

/** A store, and the AWS client's commands. */
export class Store {
  private constructor(
    readonly aws: typeof Aws,
    private readonly client: Aws.S3Client,
    /** Explains why a request got no answer; `undefined` where the connection only broke. */
    readonly failureOf: ReturnType<typeof awsStore>["failureOf"],
    private readonly retries: number,
    /** Whether its requests take streams: those that go through a proxy take bytes only. */
    readonly takesStreams: boolean,
  ) {}

  /** Loads the AWS client, which takes a moment: only where it is used. */
  static async open(options: StoreContext["options"]): Promise<Store> {
    const aws = await import("@aws-sdk/client-s3");
    const { endpoint, region, retries } = options;
    const patience = { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS };
    const found = awsStore({ endpoint, region }, patience);
    const client = new aws.S3Client({
      ...found.config as Aws.S3ClientConfig,
      // Checksums are made here.
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    const takesStreams = !("handle" in (found.config.requestHandler ?? {}));
    return new Store(aws, client, found.failureOf, retries, takesStreams);
  }

  /** Closes its connections. */
  close(): void {
    this.client.destroy();
  }

  /**
   * Makes a request until it succeeds, or fails in a way that will not change.
   *
   * @param signal Ends it, and the pauses.
   * @param onRetry Receives the reason before each retry.
   */
  async retry<T>(
    request: (client: Aws.S3Client) => Promise<T>,
    signal: AbortSignal | undefined,
    onRetry: (error: unknown) => void = () => {},
  ): Promise<T> {
    for (let attempt = 1;; attempt++) {
      try {
        signal?.throwIfAborted();
        return await request(this.client);
      } catch (error) {
        if (signal?.aborted === true || attempt > this.retries || !isTransient(error)) throw error;
        onRetry(error);
        await setTimeout(PAUSE_MS * 2 ** (attempt - 1), undefined, { ...(signal && { signal }) });
      }
    }
  }
}

/**
 * From what a user typed to an open image.
 * @module
 */

import type { HostBlockSource, SourceOptions } from "./block_source.ts";
import type { Descriptors } from "./descriptors.ts";
import { openFileSource } from "./file_source.ts";
import { isRemote } from "./location.ts";

/**
 * Opens an image wherever it is.
 *
 * @param location A path, `http://…`, `https://…` or `s3://BUCKET/KEY`.
 * @param descriptors What a file of this machine shares them with; default: it keeps its own.
 * @throws EnvironmentError when it cannot be read there.
 */
export async function openSource(
  location: string,
  options: SourceOptions = {},
  descriptors?: Descriptors,
): Promise<HostBlockSource> {
  if (!isRemote(location)) return openFileSource(location, descriptors);
  // What speaks to servers is loaded only where there is one.
  const { openRemoteSource } = await import("./remote_source.ts");
  const server = /^s3:/i.test(location)
    ? await (await import("./s3_server.ts")).s3Server(location)
    : (await import("./http_server.ts")).httpServer(location);
  return await openRemoteSource(server, options);
}

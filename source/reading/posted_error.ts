/**
 * Errors on their way from one thread to another.
 * @module
 */

import { EnvironmentError } from "../../host/environment_error.ts";
import { SystemError } from "../../host/libc/errno.ts";
import { ChangedError } from "../inode_reader.ts";
import type { PostedError } from "./tasks.ts";

/** An error as it can be posted. */
export function posted(error: unknown): PostedError {
  if (error instanceof SystemError) {
    const { call, errno, path } = error;
    return { kind: "system", call, errno, ...(path === undefined ? {} : { path }) };
  }
  if (error instanceof ChangedError) return { kind: "changed" };
  if (error instanceof EnvironmentError) {
    return { kind: "environment", message: error.message, code: error.code };
  }
  return { kind: "other", message: error instanceof Error ? error.message : String(error) };
}

/** The error that was posted. */
export function unposted(error: PostedError): Error {
  switch (error.kind) {
    case "system":
      return new SystemError(error.call, error.errno, error.path);
    case "changed":
      return new ChangedError();
    case "environment":
      return new EnvironmentError(error.message, error.code);
    case "other":
      return new Error(`cannot read ahead: ${error.message}. Report this.`);
  }
}

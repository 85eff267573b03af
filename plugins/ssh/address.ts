/**
 * Where files go: `[USER@]HOST:FOLDER`.
 * @module
 */

import { UsageError } from "../../mod.ts";

/** A folder on another machine. */
export interface Address {
  /** As `ssh` takes it, `[user@]host`. */
  readonly host: string;
  /** Absolute, or from the account's home; `.` for the home itself. */
  readonly folder: string;
}

/** Parses `[USER@]HOST:FOLDER`; an IPv6 address is in brackets. @throws UsageError */
export function parseAddress(text: string): Address {
  const match = isUrl(text)
    ? null
    : /^((?:[^@:/\s]+@)?)(?:\[([0-9a-f:.%\w]+)\]|([^:/@\s[\]]+)):(.*)$/is.exec(text);
  const host = `${match?.[1]}${match?.[2] ?? match?.[3]}`;
  // What begins with a hyphen would be an option.
  if (match === null || host.startsWith("-") || match[4]!.includes("\n")) {
    throw new UsageError(
      // What stands before an @ may be a password.
      `cannot copy to ${
        JSON.stringify(text.replace(/^.*@/s, ""))
      }: it names no folder of a host. ` +
        "Write ssh.to as [USER@]HOST:FOLDER.",
      "bad-option",
    );
  }
  const folder = match[4]!.replace(/^~(\/+|$)/, "").replace(/(.)\/+$/s, "$1");
  return { host, folder: folder.startsWith("-") ? `./${folder}` : folder || "." };
}

function isUrl(text: string): boolean {
  return /^(ssh|sftp|scp|rsync):\/\//i.test(text);
}

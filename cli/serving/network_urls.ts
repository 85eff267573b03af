/**
 * Where other machines find a server that listens at all addresses.
 * @module
 */

import { networkInterfaces } from "node:os";

/** The addresses of this machine, as URLs. */
export function networkUrls(port: number): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => `http://${address}:${port}/`);
}

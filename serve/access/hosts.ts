/**
 * Under which names the server may be addressed. A page elsewhere can have its own name lead to this
 * machine (DNS rebinding); its requests carry that name, and are refused.
 * @module
 */

import { isIP } from "node:net";

/** The names that are right. */
export class AllowedHosts {
  readonly #names: ReadonlySet<string>;
  readonly #anyAddress: boolean;

  /**
   * @param listensAt The address that is listened at; of one that stands for all of the machine's,
   * any address is right: it cannot be a name that leads elsewhere.
   * @param further Names, such as those of a proxy in front.
   */
  constructor(listensAt: string, further: readonly string[] = []) {
    this.#anyAddress = isWildcard(listensAt);
    this.#names = new Set(
      ["localhost", "127.0.0.1", "::1", listensAt, ...further].map(plainHost),
    );
  }

  /** Whether a header `Host` is right, whatever its port. */
  allows(host: string | undefined): boolean {
    if (host === undefined || !/^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.test(host)) {
      return false;
    }
    const name = plainHost(host.replace(/:\d{1,5}$/, ""));
    return this.#names.has(name) || (this.#anyAddress && isIP(name) !== 0);
  }
}

/** Whether an address is this machine's own, which nobody else reaches. */
export function isLoopback(address: string): boolean {
  const plain = plainHost(address);
  return plain === "localhost" || plain === "::1" ||
    (isIP(plain) === 4 && plain.startsWith("127."));
}

/** Whether an address stands for all addresses of the machine. */
export function isWildcard(address: string): boolean {
  return ["0.0.0.0", "::", "0:0:0:0:0:0:0:0"].includes(plainHost(address));
}

/** A host as it stands in an address. */
export function urlHost(address: string): string {
  const plain = plainHost(address);
  return isIP(plain) === 6 ? `[${plain}]` : plain;
}

function plainHost(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

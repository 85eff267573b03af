/**
 * Network namespaces, each joined to this machine by a pair of virtual cards: as many machines as
 * one has.
 * @module
 */

import process from "node:process";
import { output } from "../../support/programs/oracles.ts";

/** Some of them; whoever disposes of them removes their cards as well. */
export class Namespaces implements Disposable {
  readonly #names: string[] = [];

  /** Makes them, which needs root and `ip`. */
  constructor(private readonly count: number) {
    for (let number = 0; number < count; number++) {
      const name = `icecore-${process.pid}-${number}`;
      const [here, there] = [
        `ic${process.pid % 100_000}h${number}`,
        `ic${process.pid % 100_000}n${number}`,
      ];
      const ip = (...args: string[]) => output("ip", args);
      ip("netns", "add", name);
      this.#names.push(name);
      ip("link", "add", here, "type", "veth", "peer", "name", there);
      ip("link", "set", there, "netns", name);
      ip("addr", "add", `${this.addressOf(number)}/30`, "dev", here);
      ip("link", "set", here, "up");
      ip("-n", name, "addr", "add", `10.213.${number}.2/30`, "dev", there);
      ip("-n", name, "link", "set", there, "up");
      ip("-n", name, "link", "set", "lo", "up");
    }
  }

  /** Where this machine is reached from one of them. */
  addressOf(number: number): string {
    return `10.213.${number % this.count}.1`;
  }

  /** The argv that runs a program within one of them. */
  within(number: number, argv: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.#names[number % this.count]!, ...argv];
  }

  /** Removes them. */
  [Symbol.dispose](): void {
    for (const name of this.#names) output("ip", ["netns", "del", name]);
  }
}

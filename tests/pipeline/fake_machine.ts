/**
 * A machine that only writes down what it is asked for.
 * @module
 */

import { runtimeHash } from "../../host/digests/hash.ts";
import type { Image } from "../../pipeline/image.ts";
import type { Machine } from "../../pipeline/machine.ts";
import { Pipeline } from "../../pipeline/pipeline.ts";
import type { BuildRequest } from "../../pipeline/running/run.ts";
import type { Shell } from "../../pipeline/step.ts";
import type { Step } from "../../pipeline/step.ts";

/** What a fake machine was asked for. */
export interface FakeMachine extends Machine {
  /** In order: `claim`, `workdir`, `publish`, `discard`, `release`… */
  readonly calls: string[];
  /** What `stamp` says; a step that changes it has changed the image. */
  state: string;
  /** What was written to files, by path. */
  readonly written: Map<string, string>;
}

/** A machine on which everything succeeds, but for what `overrides` do. */
export function fakeMachine(overrides: Partial<Machine> = {}): FakeMachine {
  const calls: string[] = [];
  let clock = 0;
  const machine: FakeMachine = {
    calls,
    state: "as written",
    requireRoot: (names) => void calls.push(`root for ${names.join(", ")}`),
    requirePrograms: (programs) =>
      void calls.push(`programs ${[...programs.keys()].join(", ")}`),
    nowMs: () => clock += 1000,
    loadShell() {
      const shell = Object.assign(() => {}, { fake: true }) as unknown as Shell;
      return Promise.resolve({
        shell,
        release: () => void calls.push("release shell"),
      });
    },
    stamp: () => ({ contents: machine.state, touched: "", attributes: "" }),
    written: new Map(),
    startHash(algorithm) {
      const hash = runtimeHash(algorithm);
      return {
        update: (bytes) => Promise.resolve(hash.update(bytes)),
        digest: () => Promise.resolve(hash.digest()),
        close: () => {},
      };
    },
    createFile(path) {
      const add = (chunk: Uint8Array) => {
        const before = machine.written.get(path) ?? "";
        machine.written.set(path, before + new TextDecoder().decode(chunk));
      };
      return new WritableStream({
        write: add,
        abort: () => void machine.written.delete(path),
      });
    },
    removeFile: (path) => void machine.written.delete(path),
    checkOutput: () => {},
    releaseLeftovers: () => Promise.resolve(),
    claimOutput(finalPath, force) {
      calls.push(`claim ${finalPath}${force ? " by force" : ""}`);
      return {
        path: `${finalPath}.partial`,
        record: (path) => void calls.push(`record ${path}`),
        publish(sides) {
          calls.push(["publish", ...sides.map(({ path }) => path)].join(" "));
          return Promise.resolve();
        },
        discard(sides, keep) {
          calls.push(
            [
              "discard",
              ...sides.map(({ path }) => path),
              ...keep ? ["kept"] : [],
            ].join(" "),
          );
        },
        settle: () => void calls.push("settle"),
      };
    },
    makeWorkdir() {
      calls.push("workdir");
      return {
        path: "/tmp/work",
        release: () => Promise.resolve(void calls.push("release workdir")),
      };
    },
    ...overrides,
  };
  return machine;
}

/** A request that any pipeline takes. */
export const REQUEST: BuildRequest = {
  sources: ["/srv/photos"],
  output: "/backup/photos.img",
};

/** A step that makes a finished image of nothing, as the only one that a pipeline must have. */
export const seal: Step = {
  name: "seal",
  leaves: "sealed",
  shell: false,
  run: () => {},
};

/** A step that hashes. */
export const hash: Step = {
  name: "hash",
  digests: true,
  accepts: ["sealed"],
  shell: false,
  run(image: Image): Image {
    const digests = {
      ...image.digests,
      sha512: `digest ${Object.keys(image.digests).length}`,
    };
    const path = `${image.finalPath}.sha512.partial`;
    const finalPath = `${image.finalPath}.sha512`;
    const artifacts = [{ kind: "sha512", path, finalPath }];
    return { ...image, digests, artifacts };
  },
};

/** A step that does nothing, or what it is given. */
export const step = (name: string, more: Partial<Step> = {}): Step => ({
  name,
  shell: false,
  run: () => {},
  ...more,
});

/** A pipeline of steps on a machine. */
export const pipelineOf = (
  steps: readonly Step[],
  machine: Machine = fakeMachine(),
): Pipeline => Pipeline.of({ name: "test", summary: "", steps }, machine);

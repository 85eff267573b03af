/**
 * The layers of the source tree and the arrows that are allowed between them.
 * `docs/` has the picture; this table is what the lint enforces.
 * @module
 */

/** A layer: a top-level folder, or one of the modules at the root. */
export type Layer =
  | "main"
  | "cli"
  | "plugins"
  | "mod"
  | "steps"
  | "pipeline"
  | "host"
  | "ext4"
  | "tests"
  | "bench"
  | "examples";

/** What a layer may import, beyond itself. */
export interface Rule {
  readonly imports: readonly Layer[];
  /** What it may import with `import type` only. */
  readonly typesOf?: readonly Layer[];
  /** Whether packages (`npm:`) and the runtime's modules (`node:`, `bun:`) may be imported. */
  readonly outside: boolean;
  /** Whether the names `Deno` and `Bun` may be used. */
  readonly runtime: boolean;
  readonly why: string;
}

const everything: readonly Layer[] = [
  "main",
  "cli",
  "plugins",
  "mod",
  "steps",
  "pipeline",
  "host",
  "ext4",
  "examples",
];

/** The arrows. */
export const rules: Readonly<Record<Layer, Rule>> = {
  main: {
    imports: ["cli", "host"],
    outside: true,
    runtime: false,
    why: "the executable is argv to exit code, and hands everything to cli/",
  },
  cli: {
    imports: ["mod", "plugins"],
    outside: true,
    runtime: false,
    why: "the command line is built on the public surface, as anyone's program would be",
  },
  plugins: {
    imports: ["mod"],
    outside: true,
    runtime: false,
    why: "a plugin of ours has no more rights than anyone's: mod.ts and its own folder",
  },
  mod: {
    imports: ["steps", "pipeline", "host", "ext4"],
    outside: false,
    runtime: false,
    why: "the public surface re-exports what lies below it",
  },
  steps: {
    imports: ["pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why: "a step stands on pipeline/, host/ and ext4/ and knows neither the surface nor the CLI",
  },
  pipeline: {
    imports: [],
    typesOf: ["ext4"],
    outside: true,
    runtime: false,
    why:
      "the pipeline imports no step and no machine, so that a custom step is worth as much as ours",
  },
  host: {
    imports: [],
    outside: true,
    runtime: true,
    why: "host/ is the machine and knows nothing of ours",
  },
  ext4: {
    imports: [],
    outside: false,
    runtime: false,
    why: "ext4/ is pure: it is given its input and output, and imports nothing outside itself",
  },
  examples: {
    imports: ["mod"],
    outside: true,
    runtime: true,
    why: "an example shows what a user can do, with the public surface",
  },
  tests: {
    imports: [...everything, "bench"],
    outside: true,
    runtime: true,
    why: "tests may look at everything",
  },
  bench: { imports: everything, outside: true, runtime: true, why: "nothing depends on bench/" },
};

/** The layer a source file is in, by its path from the root; `undefined` where no layer is known. */
export function layerOf(path: string): Layer | undefined {
  const [first = "", ...rest] = path.split("/");
  const name = rest.length === 0 ? first.replace(/\.ts$/, "") : first;
  if (rest.length === 0 && name !== "mod" && name !== "main") return undefined;
  return Object.hasOwn(rules, name) ? name as Layer : undefined;
}

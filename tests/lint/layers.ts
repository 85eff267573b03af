/**
 * The layers of the source tree and the arrows that are allowed between them.
 * `docs/` has the picture; this table is what the lint enforces.
 * @module
 */

/** A layer: a top-level folder, or one of the modules at the root. */
export type Layer =
  | "main"
  | "cli"
  | "serve"
  | "report"
  | "volumes"
  | "plugins"
  | "entries"
  | "image"
  | "loading"
  | "steps"
  | "source"
  | "pipeline"
  | "host"
  | "ext4"
  | "release"
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
  "serve",
  "report",
  "volumes",
  "plugins",
  "entries",
  "image",
  "loading",
  "steps",
  "source",
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
    imports: [
      "serve",
      "report",
      "volumes",
      "plugins",
      "entries",
      "image",
      "loading",
      "steps",
      "source",
      "pipeline",
      "host",
      "ext4",
    ],
    outside: true,
    runtime: false,
    why: "the command line takes what it needs from where it is made, and nothing stands above it",
  },
  serve: {
    imports: ["entries", "image", "pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why: "serve/ shows images, and builds none: it stands on the entries and on what reads",
  },
  report: {
    imports: ["image", "pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why: "report/ draws what image/ reads, and knows neither steps nor the CLI",
  },
  volumes: {
    imports: ["entries", "image", "steps", "source", "pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why: "volumes/ cuts trees, and has volumes built and checked; it knows neither CLI nor plugins",
  },
  plugins: {
    imports: ["entries"],
    outside: true,
    runtime: false,
    why: "a plugin of ours has no more rights than anyone's: the public entries and its own folder",
  },
  entries: {
    imports: ["image", "loading", "steps", "source", "pipeline", "host", "ext4"],
    outside: false,
    runtime: false,
    why: "mod.ts, read.ts and plugin.ts export what lies below them",
  },
  image: {
    imports: ["steps", "source", "pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why: "image/ reads images, and nothing that makes one stands on it",
  },
  loading: {
    imports: ["steps", "pipeline", "host"],
    outside: true,
    runtime: false,
    why: "loading/ brings in other people's steps and does not look at images",
  },
  steps: {
    imports: ["source", "pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why:
      "a step stands on source/, pipeline/, host/ and ext4/ and knows neither images nor the CLI",
  },
  source: {
    imports: ["pipeline", "host", "ext4"],
    outside: true,
    runtime: false,
    why: "source/ reads folders that are to be stored and knows no step",
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
    imports: ["entries"],
    outside: true,
    runtime: true,
    why: "an example shows what a user can do, with the public surface",
  },
  release: {
    imports: ["cli"],
    outside: true,
    runtime: false,
    why: "release/ packs what the project makes, and takes manual pages from cli/",
  },
  tests: {
    imports: [...everything, "release", "bench"],
    outside: true,
    runtime: true,
    why: "tests may look at everything",
  },
  bench: { imports: everything, outside: true, runtime: true, why: "nothing depends on bench/" },
};

/** The modules at the root, and their layers. */
const modules: Readonly<Record<string, Layer>> = {
  "main.ts": "main",
  "mod.ts": "entries",
  "read.ts": "entries",
  "plugin.ts": "entries",
};

/** The layer a source file is in, by its path from the root; `undefined` where no layer is known. */
export function layerOf(path: string): Layer | undefined {
  const [first = "", ...rest] = path.split("/");
  if (rest.length === 0) return modules[first];
  return Object.hasOwn(rules, first) && !Object.values(modules).includes(first as Layer)
    ? first as Layer
    : undefined;
}

/**
 * The commands by name, each loaded when it is wanted: to make the parsers of all takes longer than
 * most commands do.
 * @module
 */

const LOADERS = {
  build: async () => (await import("./commands/build.ts")).build,
  run: async () => (await import("./commands/run.ts")).run,
  schedule: async () => (await import("./commands/schedule.ts")).schedule,
  list: async () => (await import("./commands/list.ts")).list,
  prune: async () => (await import("./commands/prune.ts")).prune,
  verify: async () => (await import("./commands/verify.ts")).verify,
  info: async () => (await import("./commands/info.ts")).info,
  report: async () => (await import("./commands/report.ts")).report,
  ls: async () => (await import("./commands/ls.ts")).ls,
  cat: async () => (await import("./commands/cat.ts")).cat,
  find: async () => (await import("./commands/find.ts")).find,
  extract: async () => (await import("./commands/extract.ts")).extract,
  digests: async () => (await import("./commands/digests.ts")).digests,
  diff: async () => (await import("./commands/diff.ts")).diff,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  join: async () => (await import("./commands/join.ts")).join,
  merge: async () => (await import("./commands/merge.ts")).merge,
  mount: async () => (await import("./commands/mount.ts")).mount,
  umount: async () => (await import("./commands/umount.ts")).umount,
  serve: async () => (await import("./commands/serve.ts")).serve,
  volume: async () => (await import("./commands/volume.ts")).volume,
  steps: async () => (await import("./commands/steps.ts")).steps,
  recipe: async () => (await import("./commands/recipe.ts")).recipe,
  "new-step": async () => (await import("./commands/new_step.ts")).newStep,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  clean: async () => (await import("./commands/clean.ts")).clean,
};

/** The name of a command. */
export type CommandName = keyof typeof LOADERS;

/** Commands by name. */
export type Commands = {
  readonly [Name in CommandName]: Awaited<ReturnType<(typeof LOADERS)[Name]>>;
};

/** Whether a word is the name of a command. */
export function isCommandName(word: string | undefined): word is CommandName {
  return word !== undefined && Object.hasOwn(LOADERS, word);
}

/** Loads one command. */
export async function loadCommand<Name extends CommandName>(
  name: Name,
): Promise<Pick<Commands, Name>> {
  return { [name]: await LOADERS[name]() } as Pick<Commands, Name>;
}

/** Loads all commands. */
export async function loadCommands(): Promise<Commands> {
  const names = Object.keys(LOADERS) as CommandName[];
  const loaded = await Promise.all(names.map((name) => LOADERS[name]()));
  return Object.fromEntries(names.map((name, i) => [name, loaded[i]])) as unknown as Commands;
}

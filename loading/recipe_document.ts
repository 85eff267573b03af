/**
 * A recipe file as it is written; `docs/recipe.schema.json` says the same to editors.
 * @module
 */

/** The whole file. */
export interface RecipeDocument {
  /** The path or address of the schema, for editors. */
  readonly $schema?: string;
  /** What the recipe is called in messages. */
  readonly name?: string;
  /** One line: what it is for. */
  readonly summary?: string;
  /** The recipe to start from; `native` when neither this nor `steps` is there. */
  readonly extends?: "native" | "e2fsprogs";
  /** All steps in their order, instead of `extends`. */
  readonly steps?: readonly (string | ListedStep)[];
  /** Steps to leave out, by name. */
  readonly without?: readonly string[];
  /** Steps to put in, in this order. */
  readonly use?: readonly UsedStep[];
  /** Options by step. */
  readonly options?: Readonly<Record<string, WrittenOptions>>;
}

/** Options as they are written. */
export type WrittenOptions = Readonly<
  Record<string, string | number | boolean | readonly string[]>
>;

/** A step of the list `steps`. */
export interface ListedStep {
  /** Its name, or the path of a module, a script or a program. */
  readonly step: string;
  /** Another name for it. */
  readonly name?: string;
  /** Its options, secrets left out. */
  readonly options?: WrittenOptions;
}

/** A step of the list `use`. */
export interface UsedStep extends ListedStep {
  /** Put it before the step of this name. */
  readonly before?: string;
  /** Put it after the step of this name. */
  readonly after?: string;
}

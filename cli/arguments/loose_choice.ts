/**
 * A value out of a few, however it is written: in capitals, or in another usual form.
 * @module
 */

import type { NonEmptyString } from "@optique/core/nonempty";
import { choice, type ValueParser } from "@optique/core/valueparser";

/**
 * A choice.
 *
 * @param metavar What help calls it.
 * @param usual Another usual form as the choice that it stands for; anything else as it is.
 */
export function looseChoice<const T extends string>(
  choices: readonly T[],
  metavar: NonEmptyString,
  usual: (text: string) => string = (text) => text,
): ValueParser<"sync", T> {
  const exact = choice(choices, { metavar, caseInsensitive: true });
  return {
    ...exact,
    parse(text: string) {
      const result = exact.parse(usual(text));
      // The message is about what was typed.
      return result.success ? result : exact.parse(text);
    },
  };
}

/**
 * Completion in bash.
 * @module
 */

/** Where the parser's script has readline take what it offers for paths. */
const END = "  if [[ $__file_mode == 1 && $(type -t compopt) == builtin ]]; then\n";

/**
 * The parser's script, but for two things: readline puts a slash behind folders by itself, so that
 * they need none in the list; and behind `OPTION=` goes a value and not a blank.
 */
export function bashScript(script: string): string {
  return script.replace(
    END,
    `  if [[ $__file_mode == 1 && -z "$__quote" && $(type -t compopt) == builtin ]]; then
    COMPREPLY=("\${COMPREPLY[@]%/}")
  fi
  if [[ \${#COMPREPLY[@]} == 1 && "\${COMPREPLY[0]}" == *= && $(type -t compopt) == builtin ]]; then
    compopt -o nospace 2>/dev/null || true
  fi
${END}`,
  );
}

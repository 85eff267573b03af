/**
 * What runs on the far side, in any POSIX `sh`.
 * @module
 */

/** Exit codes of the scripts for what stands in the way; `ssh` itself ends with 255. */
export const NOT_WRITABLE = 41;
export const NO_DIGEST = 42;
export const EXISTS = 43;
export const DIFFERS = 44;
export const IS_FOLDER = 45;

/** Said before the digest that was computed there. */
export const COMPUTED = "icecore: digest";

/** What a shell that runs commands prints. */
export const READY = "icecore: ready";

/**
 * Looks whether the work can be done. $1: the folder, which may have to be made in the first one
 * above it that is there. Prints the programs that are there.
 */
export const LOOK = `echo '${READY}'
folder=$1
until [ -e "$folder" ] || [ -L "$folder" ]; do
  case $folder in /*/*) folder=\${folder%/*} ;; /*) folder=/ ;; */*) folder=\${folder%/*} ;; *) folder=. ;; esac
done
[ -d "$folder" ] && [ -w "$folder" ] && [ -x "$folder" ] || exit ${NOT_WRITABLE}
command -v sha512sum || command -v shasum || exit ${NO_DIGEST}
command -v rsync || :`;

/** Makes the folder. $1: it, $2: the final file, $3: yes when it may be there, $4: the partial one. */
export const BEGIN = `mkdir -p -- "$1" || exit ${NOT_WRITABLE}
[ ! -d "$2" ] || exit ${IS_FOLDER}
[ "$3" = yes ] || { [ ! -e "$2" ] && [ ! -L "$2" ]; } || exit ${EXISTS}
: >> "$4" || exit ${NOT_WRITABLE}`;

/** Takes stdin. $1: the partial file. */
export const TAKE = `exec cat > "$1"`;

/**
 * Checks the digest, prints it, and gives the file its name, which others cannot take meanwhile.
 * $1: the partial file, $2: the final one, $3: the algorithm, $4: the digest, $5: yes when it may be
 * there.
 */
export const FINISH = `if command -v "$3sum" > /dev/null; then digest=$("$3sum" < "$1")
else digest=$(shasum -a "\${3#sha}" < "$1"); fi
digest=\${digest%% *}
echo "${COMPUTED} $digest"
[ "$digest" = "$4" ] || exit ${DIFFERS}
sync "$1" 2> /dev/null
# What is moved to a folder would lie in it; not every mv has -T.
[ ! -d "$2" ] || exit ${IS_FOLDER}
if [ "$5" = yes ]; then mv -f -- "$1" "$2"
elif [ -e "$2" ] || [ -L "$2" ]; then exit ${EXISTS}
elif ln -- "$1" "$2" 2> /dev/null; then rm -f -- "$1"
else { [ ! -e "$2" ] && [ ! -L "$2" ]; } || exit ${EXISTS}
  mv -n -- "$1" "$2" && [ ! -e "$1" ]
fi`;

/** Removes files. */
export const REMOVE = `rm -f -- "$@"`;

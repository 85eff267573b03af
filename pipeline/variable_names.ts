/**
 * How options are called in the environment.
 * @module
 */

/**
 * The environment variable of a secret option: `ICECORE_S3_SECRET_KEY` of `s3.secretKey`. With
 * `_FILE` behind it, it names a file that holds the secret.
 */
export function secretVariable(step: string, option: string): string {
  return `ICECORE_${upperCase(step)}_${upperCase(option)}`;
}

/** `STORAGE_CLASS` of `storageClass` and of `storage-class`. */
export function upperCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^A-Za-z0-9]/g, "_").toUpperCase();
}

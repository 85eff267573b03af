/**
 * Texts that mention URLs, without the names, passwords and signatures in them.
 * @module
 */

/**
 * Text in which each URL, of whatever scheme, is without its name, password and query. A URL that
 * was taken for a path has lost one of its slashes, `https:/NAME:PASSWORD@HOST`, and counts as one.
 */
export function withShownLocations(text: string): string {
  return text.replace(
    // deno-lint-ignore no-control-regex -- on a terminal, colours end behind a URL
    /[a-z][a-z0-9+.-]*:\/+[^\s"'`\x1b]*[^\s"'`\x1b:.,;)]/gi,
    urlWithoutSecrets,
  );
}

/** A whole URL, spaces and quotes and all, without its name, password and query. */
export function urlWithoutSecrets(url: string): string {
  const [, scheme = "", slashes = "", rest = ""] = /^([^:]*:)(\/+)(.*)$/s.exec(url) ?? [];
  if (scheme === "") return url;
  return scheme + slashes + restWithoutSecrets(scheme.toLowerCase(), slashes, rest);
}

const WEB = ["http:", "https:", "s3:"];

function restWithoutSecrets(scheme: string, slashes: string, rest: string): string {
  // `HOST:/FOLDER` of ssh looks like it; a folder there may have an @ in its name.
  const isUrl = slashes.length > 1 || WEB.includes(scheme);
  const place = rest.slice(secretLength(rest, isUrl));
  // All of what follows a bucket is the key, question marks and all.
  if (!isUrl || scheme === "s3:") return place;
  return place.replace(/\?(?!…).*$/s, "?…").replace(/#.*$/s, "");
}

/** How much of what stands behind the slashes is a name and a password. */
function secretLength(rest: string, isUrl: boolean): number {
  const authority = /^[^/?#]*/.exec(rest)![0];
  const name = authority.slice(0, authority.lastIndexOf("@") + 1);
  if (name !== "") return isUrl || name.includes(":") ? name.length : 0;
  // A password may have a slash in it. Rather too little is shown than a part of it.
  const isPlace = !authority.includes(":") || /^(\[.*\]|[^:]*):\d*$|^arn:/.test(authority);
  return isPlace ? 0 : rest.lastIndexOf("@") + 1;
}

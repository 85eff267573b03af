/**
 * Headers that keep a browser from doing more with an answer than showing it.
 * @module
 */

/** Of all answers. */
const always = {
  "x-content-type-options": "nosniff",
  // The address holds the token.
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex",
} as const;

/** Of pages: scripts and styles from this server only, none within the page. */
export const pageHeaders: Readonly<Record<string, string>> = {
  ...always,
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "cache-control": "private, no-cache",
};

/**
 * Of what comes out of an image: whatever it is, it runs no script, sends no form, loads nothing
 * from elsewhere, and is of no origin.
 */
export const contentsHeaders: Readonly<Record<string, string>> = {
  ...always,
  "content-security-policy": ["sandbox", ...onlyItself()].join("; "),
};

/**
 * Of sound and films: a browser that shows one alone asks for it again, which it could not do without
 * an origin; and nothing in them is ever run.
 */
export const playedHeaders: Readonly<Record<string, string>> = {
  ...always,
  "content-security-policy": onlyItself().join("; "),
};

function onlyItself(): string[] {
  return [
    "default-src 'none'",
    "img-src 'self' data:",
    "media-src 'self'",
    "style-src 'unsafe-inline'",
    "frame-ancestors 'none'",
  ];
}

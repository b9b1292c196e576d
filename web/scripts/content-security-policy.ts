/**
 * What the page may load and call: its own files, the API, and the sign-in. It fits what Vite builds from a React page
 * (scripts and styles in files, small images as `data:`) and lets no foreign or inline script run.
 * @param origins that the page may call, besides its own
 */
export const contentSecurityPolicy = (origins: readonly string[] = []): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

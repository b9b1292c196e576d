/** What a terminal or a viewer of logs may act on instead of showing it: C0, DEL and C1, line separators, direction overrides. */
const CONTROLS = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Writes each of them as JSON may: `JSON.stringify` itself escapes C0 alone. Within JSON it changes no value. */
export const escapeControls = (text: string): string =>
  text.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** In code points: file systems allow 255 bytes, and a character of a title may take four. */
const NAME_LIMIT = 50;

/** Characters that a file name cannot have on one of the systems, and those that are not seen. */
const FORBIDDEN = /[\p{C}\p{Z}\\/:*?"<>|]+/gu;

/** The name of a file made from a goal: its title as far as file systems take it. */
export function fileNameOf(title: string, extension: string): string {
  const name = Array.from(title.replace(FORBIDDEN, ' ').trim())
    .slice(0, NAME_LIMIT)
    .join('')
    // Windows drops these from the end, and a dot in front hides a file.
    .replace(/^[. ]+|[. ]+$/g, '');
  return `${name || 'goal'}.${extension}`;
}

/** Has the browser save a text as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after this: revoked at once, some would save nothing.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

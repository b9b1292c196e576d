type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Ctrl+Z, and Ctrl+Y or Ctrl+Shift+Z; on a Mac with Cmd. */
export function undoKey({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): 'undo' | 'redo' | undefined {
  const letter = key.toLowerCase();
  if (!(ctrlKey || metaKey) || altKey || (letter !== 'z' && letter !== 'y')) return undefined;
  return letter === 'y' || shiftKey ? 'redo' : 'undo';
}

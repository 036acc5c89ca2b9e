/** What stays on the device: nothing but the queue and, with consent, a device id. A page may have no storage at all. */
const PREFIX = "coliseum.";

const store = (): Storage | undefined => {
  try {
    return localStorage;
  } catch {
    return undefined; // a sandboxed frame, or storage that is switched off
  }
};

export const read = (name: string): string | null => store()?.getItem(PREFIX + name) ?? null;

/** False when it could not be kept: full, or not there. */
export const write = (name: string, text: string): boolean => {
  try {
    const kept = store();
    kept?.setItem(PREFIX + name, text);
    return !!kept;
  } catch {
    return false;
  }
};

export const remove = (name: string): void => store()?.removeItem(PREFIX + name);

/** The names below this one that are taken. */
export const names = (beginning: string): string[] =>
  Object.keys(store() ?? {})
    .filter((key) => key.startsWith(PREFIX + beginning))
    .map((key) => key.slice(PREFIX.length));

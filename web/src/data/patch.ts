/*
 * JSON merge patch (RFC 7396) as the stream uses it. Values come from the network: a key that would
 * reach an object's prototype is left out, everything else is plain data.
 */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Merges `patch` into `target` in place; null removes a key. */
export function mergePatch(target: Json, patch: Json): void {
  for (const key of Object.keys(patch)) {
    if (key === "__proto__") continue;
    const value = patch[key];
    if (value === null) {
      delete target[key];
    } else if (isObject(value)) {
      const inner = target[key];
      const merged: Json = isObject(inner) ? inner : {};
      mergePatch(merged, value);
      target[key] = merged;
    } else {
      target[key] = value;
    }
  }
}

/**
 * Merges a patch of a keyed set: a known key merges into its element, an unknown one is added
 * (with its key as `field`, unless the patch says it), null removes it.
 */
export function mergeKeyed<T extends object>(
  set: Map<string, T>,
  patch: unknown,
  field: string,
): void {
  if (!isObject(patch)) return;
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (value === null) {
      set.delete(key);
    } else if (isObject(value)) {
      const element = (set.get(key) ?? { [field]: key }) as Json;
      mergePatch(element, value);
      set.set(key, element as T);
    }
  }
}

/** JSON Pointer (RFC 6901), for values in JSON and YAML. */
export const pointerForm = /^(\/([^~/]|~[01])*)+$/

export const pointerMessage = 'must be a pointer such as /salesforce/password'

export const pointerPath = (pointer: string): readonly string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** The value there; undefined: nothing. */
export const valueAtPointer = (data: unknown, pointer: string): unknown => {
  let at: unknown = data
  for (const part of pointerPath(pointer)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[part]
  }
  return at
}

/** `/consumerKey`: where a field goes when nobody says otherwise. */
export const pointerOf = (field: string): string => `/${field}`

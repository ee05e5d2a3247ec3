/** The grants a credential's own settings name, whatever its kind: `grant: NAME` or `grants: [NAMES]`. */
export const ownGrants = (settings: unknown): readonly string[] => {
  if (typeof settings !== 'object' || settings === null) return []
  const { grant, grants } = settings as { readonly grant?: unknown; readonly grants?: unknown }
  const named = Array.isArray(grants) ? grants : [grant]
  return named.filter((one): one is string => typeof one === 'string')
}

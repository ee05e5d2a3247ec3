/**
 * A fact of an org: known, or unknown with a reason. There is no third thing: what could not be read is never taken for
 * “no”, “none” or “off”, and a control that needs it says unknown.
 */

type UnknownReason =
  /** The auditor's user may not see it; `missing` names the permission. */
  | 'permission'
  /** This org doesn't have the feature: the element, object or field is absent (absent is not off). */
  | 'not-provisioned'
  /** More than the platform hands out, and no way to partition it further. */
  | 'cap'
  /** The org refused or did not answer. */
  | 'refused'
  /** Nobody asked: the source isn't connected or was not chosen. */
  | 'not-collected'

export type Fact<T> =
  | { readonly is: 'known'; readonly value: T }
  | { readonly is: 'unknown'; readonly why: UnknownReason; readonly text: string; readonly missing?: string }

export const known = <T>(value: T): Fact<T> => ({ is: 'known', value })

export const unknown = (
  why: UnknownReason,
  text: string,
  missing?: string,
): Extract<Fact<never>, { readonly is: 'unknown' }> => ({
  is: 'unknown',
  why,
  text,
  ...(missing === undefined ? {} : { missing }),
})

/** Switches of an org that decide which data it has and how that can be asked for. */
export interface DataSwitches {
  /** Which LoginHistory fields WHERE takes: the reference has two lists, and they disagree. */
  readonly loginHistoryFilters: 'per-field' | 'usage-list'
  /** API Access Control: only approved apps get in. Where it isn't provisioned, its element and permission are absent. */
  readonly apiAccessControl: 'not-provisioned' | 'off' | 'on'
  /** Whether profiles and permission sets have "Bypass MFA for UI Logins": some editions, some tools say. */
  readonly mfaBypassPermission: 'absent' | 'present'
  /** Objects that this org lacks (a licence, an edition): as if nobody had ever heard of them. */
  readonly absentObjects: readonly string[]
}

export const defaultDataSwitches: DataSwitches = {
  loginHistoryFilters: 'per-field',
  apiAccessControl: 'not-provisioned',
  mfaBypassPermission: 'absent',
  absentObjects: [],
}

export type Gate = 'apiAccessControl' | 'mfaBypassPermission'

export const isOpen = (gate: Gate, switches: DataSwitches): boolean =>
  gate === 'apiAccessControl'
    ? switches.apiAccessControl !== 'not-provisioned'
    : switches.mfaBypassPermission === 'present'

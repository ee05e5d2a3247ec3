/** The virtual objects of an org, and who makes their rows. */
import type { VirtualAsk, VirtualRow } from '../route.ts'
import type { Org } from '../state/org.ts'
import { certificateRows } from './certificates.ts'
import { deployRequestRows } from './deploy-requests.ts'
import { entityDefinitions, entityParticles } from './entities.ts'
import { appPolicyRows, appRangeRows, appSettingRows, oauthPolicyRows } from './external-client-apps.ts'
import { healthCheckRows, riskRows } from './health-check.ts'
import { customScopeAppRows, customScopeRows, remoteProxyRows } from './stored-components.ts'
import { ownPermissions, userEntityAccess, userFieldAccess } from './user-access.ts'

/** The id of rows that are no records. */
const virtualId = '000000000000000AAA'

const makers: Readonly<Record<string, (org: Org, ask: VirtualAsk) => readonly VirtualRow[]>> = {
  Certificate: certificateRows,
  DeployRequest: deployRequestRows,
  EntityDefinition: entityDefinitions,
  EntityParticle: entityParticles,
  ExtlClntAppOauthIpRange: appRangeRows,
  ExtlClntAppOauthPlcyCnfg: oauthPolicyRows,
  ExtlClntAppOauthSettings: appSettingRows,
  ExtlClntAppPlcyCnfg: appPolicyRows,
  OauthCustomScope: customScopeRows,
  OauthCustomScopeApp: customScopeAppRows,
  RemoteProxy: remoteProxyRows,
  SecurityHealthCheck: healthCheckRows,
  SecurityHealthCheckRisks: riskRows,
  SecuritySettings: () => [{ Id: virtualId, DurableId: 'Security', FullName: 'Security' }],
  UserEntityAccess: userEntityAccess,
  UserFieldAccess: userFieldAccess,
  UserPermissionAccess: ownPermissions,
}

/** Rows that say no id of their own have the one of what isn't a record. */
export const virtualRows = (org: Org, sobject: string, ask: VirtualAsk): readonly VirtualRow[] =>
  (makers[sobject]?.(org, ask) ?? []).map((row) => ({ Id: virtualId, ...row }))

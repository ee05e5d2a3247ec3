/** External client apps as queries see them: their policies, scopes and ranges. The rest of them is metadata only. */
import type { VirtualAsk, VirtualRow } from '../route.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { declaredApp } from '../state/pending-changes.ts'
import { scopeColumns } from '../data/scope-columns.ts'
import { canonicalId } from '../data/record-id.ts'
import { contextOf } from '../metadata/context.ts'
import type { JsonObject } from '../metadata/elements.ts'
import { listAt, textAt } from '../metadata/elements.ts'
import { rowsOf } from '../metadata/store.ts'
import { readAppPolicies } from '../metadata/types/apps/app-policies.ts'
import { appsOf, fullNameOf } from '../metadata/types/apps/deploy-app.ts'
import { readOauthPolicies } from '../metadata/types/apps/oauth-policies.ts'

/** One row a part: the app's id with another prefix stands for a part that nobody has deployed. */
function parts(
  org: Org,
  ask: VirtualAsk,
  of: { readonly type: string; readonly prefix: string; readonly nameEnd: string },
  rowOf: (app: SimApp, kept: JsonObject, context: ReturnType<typeof contextOf>) => VirtualRow,
): readonly VirtualRow[] {
  const context = contextOf(org, { orgs: [org], userId: ask.userId, version: ask.version })
  const kept = new Map(
    rowsOf(org, of.type).map((row) => [textAt(row.body, 'externalClientApplication') ?? '', row] as const),
  )
  return appsOf(context, 'external').map((app) => {
    const name = fullNameOf(context, app)
    const row = kept.get(name)
    const own = canonicalId(of.prefix + app.id.slice(3, 15))
    return {
      Id: row?.id ?? own,
      DeveloperName: row?.fullName ?? `${name}${of.nameEnd}`,
      ExternalClientApplicationId: app.id,
      ...rowOf(declaredApp(org, app), row?.body ?? {}, context),
    }
  })
}

/** Element names begin with a small letter, fields with a capital. */
const asFields = (body: JsonObject): VirtualRow =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]))

export const oauthPolicyRows = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  parts(
    org,
    ask,
    { type: 'ExtlClntAppOauthConfigurablePolicies', prefix: '1za', nameEnd: '_oauthPlcy' },
    (app, kept, context) => asFields(readOauthPolicies(context, app, kept)),
  )

export const appPolicyRows = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  parts(
    org,
    ask,
    { type: 'ExtlClntAppConfigurablePolicies', prefix: '1zb', nameEnd: '_plcy' },
    (app, kept, context) => {
      const says = readAppPolicies(context, app, kept)
      return {
        IsEnabled: says['isEnabled'],
        OauthPluginStatus: says['isOauthPluginEnabled'] === true ? 'Enabled' : 'Disabled',
        SamlPluginStatus: says['isSamlPluginEnabled'] === true ? 'Enabled' : 'Notinstalled',
        StartPage: says['startPage'],
        StartUrl: says['startUrl'] ?? null,
      }
    },
  )

const settingParts = { type: 'ExtlClntAppOauthSettings', prefix: '1zY', nameEnd: '_oauth' }

export const appSettingRows = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  parts(org, ask, settingParts, (app, kept) => ({
    ...Object.fromEntries(scopeColumns.map((name) => [`OauthScopes${name}`, app.scopes.includes(name.toLowerCase())])),
    ExtlClntAppOauthOptionsFirstPartyAppEnabled: kept['isFirstPartyAppEnabled'] === true,
  }))

export const appRangeRows = (org: Org, ask: VirtualAsk): readonly VirtualRow[] =>
  parts(org, ask, settingParts, (_app, kept) => ({ ranges: listAt(kept, 'trustedIpRanges') ?? [] })).flatMap((row) =>
    (row['ranges'] as readonly JsonObject[]).map((range, index) => ({
      Id: canonicalId(`1zd${String(row['Id']).slice(3, 13)}${String(index).padStart(2, '0')}`),
      ExternalClientApplicationId: row['ExternalClientApplicationId'],
      StartIpAddress: range['startIpAddress'],
      EndIpAddress: range['endIpAddress'],
      Description: range['description'] ?? null,
    })),
  )

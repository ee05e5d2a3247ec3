/** Changes to what protects the org, by somebody else than the identity that makes them. */
import { counted } from '../counted.ts'
import { controlOf } from '../asked.ts'
import { judgementOf, right, unknownFamily, wrong } from '../looks.ts'
import { listIn } from '../parameters.ts'

/** Actions of the Setup Audit Trail, in small letters: their case is not consistent. */
const risky: readonly RegExp[] = [
  /^(insert|delete|change)(connected)?application/,
  /^changeiprelaxationpolicy$/,
  /^changeoauthdefaultscope$/,
  /^changeuserruntimeaccesspolicy$/,
  /^unblockconnectedapplication$/,
  /^generateoauthstagedcredential$/,
  /^addoauthclientcredentialuser$/,
  /^(insert|upload)certificate/,
  /^(namedcredential|externalcredential)(insert|delete|fieldchange|encryptedfieldchange)/,
  /^changeauthproviderconsumer/,
  /^(loginiprange|deletedloginiprange|deleteipwhitelist|profileloginhours)/,
  /^remoteproxy$/,
  /^(mfadirectuiloginoptin|restrictpasswordauth|verifyon2faregistration)/,
  /^password(complexity|expiry|history|lockout|maxinvalid|minlength|question)/,
  /^permset(group)?assign|^permsetenableuserperm$|^profilepermchanged/,
  /^setupentityaccessaudit_/,
]

export const isRisky = (action: string): boolean => risky.some((pattern) => pattern.test(action.toLowerCase()))

export const control = controlOf(
  {
    id: 'high-risk-changes',
    title: 'Only the deployment identity changes what protects the org',
    severity: 'high',
    why: 'Apps, scopes, address ranges, credentials and policies are what an intruder changes first; the trail shows it, to whoever looks.',
    remedy:
      'Look at each change. Make such changes by the pipeline; name who may make them by hand in `identities`, and have the rest told (`keyturn notify`).',
    effort: 'hours',
    catalogues: { sbs: ['SBS-DEP-003'] },
    profiles: { strict: { identities: [] }, sbs: { identities: [] } },
  },
  ['auditTrail', 'deployments'],
  ({ facts: { auditTrail, deployments }, parameters, org }) => {
    if (org.sandbox) return { verdict: 'not-applicable', why: 'this is a sandbox', evidence: [] }
    if (auditTrail.is === 'unknown') return unknownFamily('auditTrail', auditTrail)
    const named = listIn(parameters, 'identities')
    if (named.length === 0 && deployments.is === 'unknown') return unknownFamily('deployments', deployments)
    const most =
      deployments.is === 'known' ? [...deployments.value].sort((a, b) => b.count - a.count)[0]?.by : undefined
    const expected = named.length > 0 ? named : most === undefined ? [] : [most]
    const byUser = new Map<string, { readonly actions: Set<string>; count: number; last: number }>()
    for (const { by, action, at } of auditTrail.value) {
      // Without a user: the platform's own doing.
      if (by === '' || !isRisky(action)) continue
      const before = byUser.get(by) ?? { actions: new Set<string>(), count: 0, last: 0 }
      before.actions.add(action)
      byUser.set(by, { ...before, count: before.count + 1, last: Math.max(before.last, at) })
    }
    const looks = [...byUser].map(([by, { actions, count, last }]) => ({
      ...(expected.includes(by)
        ? right
        : wrong(`Made ${counted(count, 'such change')}: ${[...actions].slice(0, 8).join(', ')}.`, { count, last })),
      subject: `user:${by}`,
    }))
    return looks.length === 0
      ? { verdict: 'pass', why: 'the trail shows no such change', evidence: [] }
      : judgementOf(looks, {
          noun: ['user that made such changes', 'users that made such changes'],
          wrong: 'not among the identities that deploy',
        })
  },
)

/**
 * Every fix there is, over the wire, on a careless company: each is dry-run and applied; then the org is read again. What
 * was said to be mended is, nobody may do more than before, and whoever made the changes still gets in.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scenario } from '@keyturn/simulator'
import { judgeAll } from '../../../src/posture/audit/judge.ts'
import { chosenControls, neededFamilies, neededSettings } from '../../../src/posture/audit/profiles.ts'
import { applyChange } from '../../../src/posture/change/apply-change.ts'
import { dryRun } from '../../../src/posture/change/dry-run.ts'
import { isEmpty, prepareChange } from '../../../src/posture/change/prepare-change.ts'
import { appSubject } from '../../../src/posture/controls/app-control.ts'
import { allControls } from '../../../src/posture/controls/registry.ts'
import type { Fact } from '../../../src/posture/fact.ts'
import { stillWrong } from '../../../src/posture/fix/find-fixes.ts'
import { planFixes } from '../../../src/posture/fix/plan-fixes.ts'
import type { ImpactedFix } from '../../../src/posture/fix/plan-fixes.ts'
import type { Evidence } from '../../../src/posture/impact/impact.ts'
import type { Snapshot } from '../../../src/posture/snapshot.ts'
import { auditedOrg, everything } from '../collectors/audited-org.ts'

const ada = 'ada.admin@legacy.example'

/** What is wider after than before, in words; what is not known before or after is not compared. */
const widened = (before: Snapshot, after: Snapshot): readonly string[] => {
  const found: string[] = []
  const both = <T>(
    a: Fact<T> | undefined,
    b: Fact<T> | undefined,
    look: (was: T, is: T) => boolean,
    what: string,
  ): void => {
    if (a?.is === 'known' && b?.is === 'known' && look(a.value, b.value)) found.push(what)
  }
  // A permission that asks for a second factor takes something from its holder.
  const more = (was: readonly string[], is: readonly string[]): boolean =>
    is.some((one) => !was.includes(one) && one !== 'ForceTwoFactor')
  const off = (was: boolean, is: boolean): boolean => was && !is
  const on = (was: boolean, is: boolean): boolean => !was && is
  const { facts: a } = before
  const { facts: b } = after
  if (a.apps.is === 'known' && b.apps.is === 'known')
    for (const app of a.apps.value) {
      const now = b.apps.value.find((one) => appSubject(one) === appSubject(app))
      if (now === undefined) continue
      const of = (what: string): string => `${appSubject(app)}: ${what}`
      // Whatever scope there is, full holds it.
      both(app.scopes, now.scopes, (was, is) => !was.includes('Full') && more(was, is), of('scopes'))
      both(app.callbacks, now.callbacks, more, of('callbacks'))
      both(app.flows, now.flows, more, of('flows'))
      both(app.permittedUsers, now.permittedUsers, (was, is) => was === 'admin' && is === 'all', of('permitted users'))
      both(app.blocked, now.blocked, off, of('blocked'))
      both(app.pkceRequired, now.pkceRequired, off, of('PKCE'))
      both(app.rotation, now.rotation, off, of('rotation'))
      both(app.idleTtl, now.idleTtl, off, of('idle limit'))
      both(app.secretRequiredForRefresh, now.secretRequiredForRefresh, off, of('secret at refresh'))
      both(app.secretRequiredForWebServer, now.secretRequiredForWebServer, off, of('secret at web server'))
      both(app.introspectsAllTokens, now.introspectsAllTokens, on, of('introspection'))
      both(app.ipRelaxation, now.ipRelaxation, (was, is) => was === 'ENFORCE' && is !== 'ENFORCE', of('IP relaxation'))
      both(app.tokenIpRanges, now.tokenIpRanges, (was, is) => was.length > 0 && is.length === 0, of('allowlist'))
      const days = (value: number | null): number => value ?? Number.POSITIVE_INFINITY
      const ends = app.refreshTokenPolicy
      const end = now.refreshTokenPolicy
      both(ends, end, (was, is) => days(is.idleDays) > days(was.idleDays), of('idle days'))
      both(ends, end, (was, is) => days(is.lifetimeDays) > days(was.lifetimeDays), of('lifetime'))
    }
  if (a.users.is === 'known' && b.users.is === 'known')
    for (const user of a.users.value) {
      const now = b.users.value.find(({ id }) => id === user.id)
      if (now === undefined) continue
      if (on(user.active, now.active)) found.push(`${user.username} is active`)
      both(user.frozen, now.frozen, off, `${user.username} is no longer frozen`)
      both(user.permissions, now.permissions, more, `${user.username} has more permissions`)
      both(user.objects, now.objects, (was, is) => more(was.delete, is.delete), `${user.username} may delete more`)
    }
  if (a.profiles.is === 'known' && b.profiles.is === 'known')
    for (const profile of a.profiles.value) {
      const now = b.profiles.value.find(({ id }) => id === profile.id)
      const of = (what: string): string => `profile ${profile.name}: ${what}`
      both(profile.permissions, now?.permissions, more, of('permissions'))
      both(profile.loginHours, now?.loginHours, off, of('login hours'))
      both(profile.loginRanges, now?.loginRanges, (was, is) => was.length > 0 && is.length === 0, of('login ranges'))
    }
  if (a.permissionSets.is === 'known' && b.permissionSets.is === 'known')
    for (const set of a.permissionSets.value) {
      const now = b.permissionSets.value.find(({ id }) => id === set.id)
      both(set.permissions, now?.permissions, more, `permission set ${set.name}: permissions`)
    }
  return found
}

const nameOf = ({ control, change }: ImpactedFix): string => `${control.id}: ${change.title}`

for (const hostile of [false, true])
  test(`every fix of a ${hostile ? 'hostile' : 'careless'} company goes through, mends what it says, and widens nothing`, async (t) => {
    const { org, clock, collect } = await auditedOrg(t, { spec: scenario('legacy-company', { hostile }), user: ada })
    const controls = await allControls()
    const chosen = chosenControls(controls, 'strict')
    const families = [...new Set([...neededFamilies(chosen), ...everything])]
    const read = (): Promise<Snapshot> => collect(families, { settings: neededSettings(chosen) })
    const before = await read()
    const found = judgeAll(controls, before, 'strict').flatMap(({ control, parameters, judgement }) =>
      judgement.verdict === 'fail' ? [{ control, parameters, findings: judgement.evidence }] : [],
    )
    const evidence: Evidence = {
      ...{ facts: before.facts, callers: [], takenAt: before.takenAt },
      self: { username: ada, app: 'Auditor_Web', address: '127.0.0.1', flow: 'refresh' },
    }
    const plan = await planFixes(found, before, evidence)
    for (const { control, findings } of found)
      for (const { subject } of findings)
        assert(
          plan.fixes.some((fix) => fix.control.id === control.id && fix.subjects.includes(subject)) ||
            plan.unfixable.some((one) => one.control.id === control.id && one.subject === subject),
          `${control.id} ${subject} is neither`,
        )
    for (const { control, why } of plan.unfixable) assert.doesNotMatch(why, /cannot read/, control.id)
    const waiting = { clock, tell: () => undefined }
    const done: ImpactedFix[] = []
    const problems: string[] = []
    for (const fix of plan.fixes) {
      assert(fix.restricts.length > 0, `${nameOf(fix)} says what it takes away`)
      if (fix.impact.locksOutSelf) continue
      if (fix.change.components.length + fix.change.records.length === 0) continue
      const prepared = await prepareChange(org, fix.change)
      // What an earlier fix has mended along with its own.
      if (isEmpty(prepared)) continue
      const dry = await dryRun(org, prepared, waiting)
      if (dry.is !== 'accepted') problems.push(`${nameOf(fix)}: dry run ${JSON.stringify(dry)}`)
      const applied = dry.is === 'accepted' ? await applyChange(org, prepared, waiting) : null
      if (applied !== null && applied.is !== 'applied')
        problems.push(`${nameOf(fix)}: ${applied.is} ${applied.texts.join('; ')}`)
      if (applied?.is === 'applied' && fix.change.clicks.length === 0) done.push(fix)
    }
    assert.deepEqual(problems, [])
    assert(done.length > 30, `${done.length} fixes were applied`)
    const after = await read()
    assert.deepEqual(
      stillWrong(done, after, 'strict').map(({ control, subject, why }) => `${control} ${subject}: ${why}`),
      [],
    )
    assert.deepEqual(widened(before, after), [])
  })

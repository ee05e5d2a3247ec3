/**
 * Scopes are taken from an app. What stays must be enough to go on with: where `full` was all it had, `api` takes its
 * place only if machines alone use the app; what people need of it nobody can tell.
 */
import { appSubject } from '../controls/app-control.ts'
import { commas } from '../collectors/apps/app-settings.ts'
import type { AppFact } from '../facts.ts'
import { textOf } from '../../org/metadata-component.ts'
import type { MetadataValue } from '../../org/metadata-component.ts'
import { appEdit, appElements } from './app-element.ts'
import type { AppMend } from './app-fix.ts'
import { seenIn, usersAmong, usesOfApp } from './app-uses.ts'
import type { AskedFix } from './subject-fix.ts'

/** They open nothing by themselves. */
const companions = ['RefreshToken', 'OfflineAccess', 'OpenID', 'Basic', 'Profile', 'Email', 'Address', 'Phone']

const listOf = (value: MetadataValue): readonly string[] => {
  if (Array.isArray(value)) return (value as readonly MetadataValue[]).flatMap((one) => textOf(one) ?? [])
  return commas(textOf(value))
}

/** Who uses it, if that is machines alone; a sentence otherwise. */
const onlyMachines = (app: AppFact, { snapshot }: AskedFix): string | null => {
  const uses = usesOfApp(app, snapshot)
  if (typeof uses === 'string') return uses
  const seen = seenIn(snapshot)
  const others = usersAmong(uses).filter((user) => seen.userOf(user)?.nature.is !== 'machine')
  return others.length === 0
    ? null
    : `It has no narrower scope, and ${others.length === 1 ? 'a person uses it' : `${others.length} people use it`}: which scopes they need only its owner can say. Add these, then take the wide ones away.`
}

export const fewerScopes = (app: AppFact, unwanted: readonly string[], asked: AskedFix): AppMend | string => {
  if (app.scopes.is === 'unknown') return 'Its scopes were not read.'
  const removed = app.scopes.value.filter((scope) => unwanted.includes(scope))
  const stays = app.scopes.value.filter((scope) => !unwanted.includes(scope))
  // What full opened, api is a part of.
  const instead = removed.includes('Full') && stays.every((scope) => companions.includes(scope)) ? ['Api'] : []
  const not = instead.length === 0 ? null : onlyMachines(app, asked)
  if (not !== null) return not
  if (stays.length + instead.length === 0) return 'No scope would be left: give it the ones it needs first.'
  const narrowed = (now: readonly string[]): readonly string[] => [
    ...now.filter((scope) => !unwanted.includes(scope)),
    ...(now.includes('Full') ? instead : []),
  ]
  const edit = appEdit(app, appElements.scopes, (now) => {
    const left = narrowed(listOf(now))
    return app.kind === 'connected' ? left : left.join(', ')
  })
  return {
    title: `take ${removed.join(', ')} away${instead.length === 0 ? '' : ', and leave Api'}`,
    edits: [edit],
    restricts: [{ is: 'scopes', app: appSubject(app), removed }],
  }
}

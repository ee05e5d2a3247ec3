/** What is in the way of an external client app's rotation, as far as it shows without its switch. Changes nothing. */
import { KeyturnError } from '@keyturn/tokens'
import { ownPermissions } from '../../../org/own-permissions.ts'
import type { Problem } from '../../credential.ts'
import type { StepContext } from '../../rotator.ts'
import { findApp, findPlace } from './consumers.ts'
import type { ExternalClientAppSettings } from './settings.ts'

const titles = {
  ExternalClientAppDeveloper: 'External Client App Developer',
  ViewClientSecret: 'View Client Secret',
} as const

const permissions = 'Give it the permission set Keyturn_Rotator_External_Client_Apps (docs/permissions.md).'

const problem = (code: string, text: string, next: string): Problem => ({ code, text, next })

type Before = Pick<StepContext<ExternalClientAppSettings>, 'ports' | 'settings'>

export const preflight = async ({ ports, settings }: Before): Promise<readonly Problem[]> => {
  const org = ports.org(settings.org)
  try {
    await org.whoAmI()
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    return [problem(error.code, `The grant ${settings.org} can’t reach its org: ${error.message}`, error.fix)]
  }
  // Who may see the apps (an administrator, for one) need not be let into their consumers.
  const needed = Object.keys(titles) as (keyof typeof titles)[]
  const held = await ownPermissions(org, needed)
  const lacking = held === null ? [] : needed.filter((name) => !held.has(name)).map((name) => `“${titles[name]}”`)
  if (lacking.length > 0) {
    const text = `The user of ${settings.org} may not stage a pair: it lacks ${lacking.join(' and ')}`
    return [problem('NOT_PERMITTED', text, permissions)]
  }
  try {
    await org.rest('GET', '/apps/oauth/usage?pageSize=1')
    await findApp(org, settings.app)
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error
    if (error.code !== 'ORG_REFUSED') return [problem(error.code, error.message, error.fix)]
    const text = `The user of ${settings.org} may not see the org’s external client apps: ${error.message}`
    return [problem(error.code, text, permissions)]
  }
  try {
    await findPlace(org, settings.app, settings.consumer)
  } catch (error) {
    // Consumers are shown only while the switch is on, and that is opened by the run.
    if (!(error instanceof KeyturnError)) throw error
    if (error.code !== 'ORG_REFUSED') return [problem(error.code, error.message, error.fix)]
  }
  return []
}

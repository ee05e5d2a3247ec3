/**
 * A deployment from its start to its end. What can't be known is said: an answer that was lost leaves a deployment nobody
 * has the id of, and an org may be at other deployments for an hour.
 */
import { KeyturnError } from '@keyturn/tokens'
import type { Clock } from '@keyturn/tokens'
import type { OrgConnection } from '../../org/connection.ts'
import { deploymentOf, startDeployment } from '../../org/metadata-deploy.ts'
import type { DeployedComponent } from '../../org/metadata-deploy.ts'

export interface Waiting {
  readonly clock: Clock
  readonly tell: (text: string) => void
}

export type DeploymentEnd =
  | { readonly is: 'succeeded' }
  /** Nothing was changed. In the org's own words. */
  | { readonly is: 'refused'; readonly problems: readonly string[] }
  /** `over`: it is, whatever it did; otherwise it may still be going on, or come yet. */
  | { readonly is: 'unclear'; readonly why: string; readonly over: boolean }

/** Longer than any deployment of a few settings; the queue of a large org is what takes time. */
const patience = 60 * 60_000
const firstPause = 1_000
const longestPause = 15_000
/** An org that does not answer when it is asked how far it is. */
const silence = 2 * 60_000

/** False: it certainly never got there, or was certainly not taken. */
export const mayHaveArrived = (error: unknown): boolean => {
  if (!(error instanceof KeyturnError)) return true
  const { code, kind }: KeyturnError = error
  return (
    code === 'ORG_UNAVAILABLE' || code === 'ANSWER_UNREADABLE' || (kind === 'unavailable' && !code.startsWith('STORE_'))
  )
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const deployAndWait = async (
  org: OrgConnection,
  components: readonly DeployedComponent[],
  { checkOnly, clock, tell }: Waiting & { readonly checkOnly: boolean },
): Promise<DeploymentEnd> => {
  const what = checkOnly ? 'The dry run' : 'The deployment'
  let id: string
  try {
    id = await startDeployment(org, components, { checkOnly })
  } catch (error) {
    if (mayHaveArrived(error))
      return { is: 'unclear', why: `the answer to its start was lost (${said(error)})`, over: false }
    if (error instanceof KeyturnError && error.code === 'ORG_REFUSED')
      return { is: 'refused', problems: [error.message] }
    throw error
  }
  const started = clock.boot()
  let heard = started
  for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
    try {
      const state = await deploymentOf(org, id)
      heard = clock.boot()
      if (state.is === 'succeeded') return state
      if (state.is === 'failed') return { is: 'refused', problems: state.problems }
      if (state.is === 'unclear') return { is: 'unclear', why: state.why, over: true }
      if (heard - started > patience)
        return { is: 'unclear', why: `${id} is still ${state.status} after an hour`, over: false }
      tell(`${what} ${id} is ${state.status}`)
    } catch (error) {
      // How it goes may be asked again and again; only the start may not.
      if (!mayHaveArrived(error)) throw error
      if (clock.boot() - heard > silence)
        return { is: 'unclear', why: `the org does not say what became of ${id} (${said(error)})`, over: false }
      tell(`${what} ${id}: no answer, asked again`)
    }
    await clock.sleep(pause)
  }
}

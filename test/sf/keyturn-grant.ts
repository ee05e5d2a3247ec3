/** A workplace whose Keyturn store holds a grant of a simulated org: a refresh token that rotates (the
 * first exchange, by which `connect` tries it, is behind it). */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { startSimulator } from '@keyturn/simulator'
import type { Simulator } from '@keyturn/simulator'
import { localhost, makeWorkplace, type Ran, type Workplace } from './sf-cli.ts'

export interface Connected {
  readonly sim: Simulator
  readonly place: Workplace
  readonly user: string
}

export const connected = async (t: TestContext): Promise<Connected> => {
  const sim = await startSimulator({ seed: t.name })
  t.after(() => sim.close())
  const place = makeWorkplace(t)
  const user = 'integration@acme.example'
  const { refreshToken, clientId } = sim.control.grant({ user, app: 'PlatformCLI' })
  await place.keyturnJson(['init'])
  const flags = ['--refresh-token-stdin', '--login-url', localhost(sim), '--client-id', clientId]
  const made = await place.keyturn(['connect', 'acme', ...flags], { stdin: `${refreshToken}\n` })
  assert.equal(made.code, 0, made.stdout + made.stderr)
  return { sim, place, user }
}

/**
 * The end of a session, and Keyturn told of the 401 that came of it; the exit code and what `token --rejected` said.
 *
 * A call of Keyturn's own comes first, which shows that the token works: sf doesn't tell, and two tokens that nobody saw
 * working, refused within a minute, are to Keyturn a 401 that no token cures.
 */
export const endSession = async (
  { sim, place, user }: Connected,
  reject: (args: readonly string[]) => Promise<Ran> = place.keyturn,
): Promise<Ran> => {
  await place.keyturnJson(['fields', 'acme', 'Account'])
  const { generation } = await place.keyturnJson(['token', 'acme'])
  assert.ok(sim.control.expireAccessTokens({ user }) > 0)
  return reject(['token', 'acme', '--rejected', String(generation), '--json'])
}

/** The broker as `keyturn serve` runs it, on one core, with one grant that lives and one caller with every check on. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn, systemClock } from '@keyturn/tokens'
import { brokerSettings } from '../packages/keyturn/src/broker/broker-settings.ts'
import { manageCallers } from '../packages/keyturn/src/broker/callers/manage-callers.ts'
import { openLog } from '../packages/keyturn/src/broker/log.ts'
import { openBroker } from '../packages/keyturn/src/broker/server.ts'
import { answering } from './answering.ts'

const DAY = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
const clock = systemClock
const keyturn = await openKeyturn({
  store: `sqlite:${join(folder, 'keyturn.db')}`,
  stateFolder: join(folder, 'state'),
  masterKey: randomBytes(32),
  env: {},
  sweepEvery: 60_000,
})
// As `keyturn serve` logs when nothing is wrong.
const log = openLog({ clock, level: 'info', write: (line) => process.stderr.write(line) })
const settings = await brokerSettings({ listen: [{ port: 0 }] }, folder, {})
const broker = await openBroker({ settings, keyturn, clock, log, env: {}, version: '0.0.0' })
const manage = manageCallers({ keyturn, clock, random: randomBytes, log })

export interface BrokerReady {
  readonly port: number
  readonly id: string
  readonly secret: string
  readonly refreshToken: string
  /** Id and secret of callers who may call, too. */
  readonly others: readonly (readonly [string, string])[]
}

const ready = async (upstream: number): Promise<BrokerReady> => {
  await keyturn.grants.add({
    name: 'acme',
    loginUrl: `http://127.0.0.1:${upstream}`,
    clientId: 'bench',
    refreshToken: `r${randomBytes(32).toString('hex')}`,
    accessToken: `00D000000000001!${randomBytes(48).toString('hex')}`,
    instanceUrl: `http://127.0.0.1:${upstream}`,
    flow: 'refresh_token',
    identity: { orgId: '00D000000000001AAA', userId: '005000000000001AAA' },
  })
  // A few dozen callers, as a company has them.
  const others: (readonly [string, string])[] = []
  for (let n = 0; n < 50; n++) {
    const other = { name: `other-${n}`, grants: ['acme'], faces: ['oauth', 'proxy'], anyAddress: true } as const
    const { caller, secret } = await manage.add(other)
    others.push([caller.id, secret.reveal()])
  }
  const issued = await manage.add({
    name: 'bench',
    grants: ['acme'],
    faces: ['oauth', 'proxy'],
    ranges: ['127.0.0.0/8'],
    paths: [{ method: 'GET', prefix: '/services/data' }],
    expiresAt: clock.wall() + 30 * DAY,
    perMinute: 1_000_000,
  })
  return {
    port: Number(new URL(broker.addresses[0] ?? '').port),
    id: issued.caller.id,
    secret: issued.secret.reveal(),
    refreshToken: issued.refreshTokens['acme']?.reveal() ?? '',
    others,
  }
}

const memory = (): { readonly rss: number; readonly heap: number } => {
  for (let n = 0; n < 3; n++) globalThis.gc?.()
  const { rss, heapUsed } = process.memoryUsage()
  return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 }
}

answering({ ready, memory }, async () => {
  await broker.close()
  await keyturn.close()
  rmSync(folder, { recursive: true })
})

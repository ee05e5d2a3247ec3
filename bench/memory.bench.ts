/** Memory of 10,000 grants: opened, listed, and with a token of each in the cache. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyturn } from '@keyturn/tokens'
import { figures, report } from './measure.ts'

const GRANTS = 10_000
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'))
const options = { store: `sqlite:${join(folder, 'keyturn.db')}`, masterKey: randomBytes(32) }
const megabytes = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().rss / 2 ** 20
}

const empty = await openKeyturn({ ...options, store: `sqlite:${join(folder, 'empty.db')}` })
const before = megabytes()
await empty.close()

const filling = await openKeyturn(options)
const started = performance.now()
for (let n = 0; n < GRANTS; n++) {
  await filling.grants.add({
    name: `grant-${n}`,
    loginUrl: 'https://login.salesforce.com',
    clientId: 'bench',
    refreshToken: `5Aep861${randomBytes(32).toString('hex')}`,
    accessToken: `00D000000000001!${randomBytes(48).toString('hex')}`,
    instanceUrl: 'https://acme.my.salesforce.com',
    flow: 'refresh_token',
  })
}
process.stdout.write(`  ${GRANTS} grants added in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
await filling.close()

const keyturn = await openKeyturn(options)
const opened = megabytes()
for (let n = 0; n < GRANTS; n++) await keyturn.token(`grant-${n}`)
const cached = megabytes()
report(
  'memory',
  'MB resident',
  {
    'an empty store': figures([before]),
    '10,000 grants, opened': figures([opened]),
    '10,000 grants, a token of each in the cache': figures([cached]),
  },
  [],
)
await keyturn.close()
rmSync(folder, { recursive: true })

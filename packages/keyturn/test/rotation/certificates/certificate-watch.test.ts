/** Ends of certificates that nobody rotates: looked up once a day, each warning day told once, shown without an org. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { orgConnection } from '../../../src/org/connection.ts'
import type { Notification } from '../../../src/notify/notify.ts'
import { openCertificateWatch } from '../../../src/rotation/certificates/certificate-watch.ts'
import { watchedCertificates } from '../../../src/rotation/certificates/watched-certificates.ts'
import { calendarOf } from '../../../src/rotation/schedule/calendar.ts'
import type { Watch } from '../../../src/rotation/schedule/schedule-loop.ts'
import { certificateViews } from '../../../src/rotation/views/certificate-view.ts'
import { scene } from '../scene.ts'

const day = 86_400_000

void test('a certificate pasted into an app is told of 60, 30, 10 and 0 days before its end, once each, by any replica', async (t) => {
  const { sim, keyturn, clock } = await scene(t)
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: 'admin@acme.example', app: 'Web' })
  await keyturn.grants.add({
    name: 'admin',
    loginUrl: sim.url,
    clientId,
    clientSecret,
    refreshToken,
    flow: 'refresh_token',
  })
  sim.control.addApp({ name: 'Feed', certificate: { days: 100 } })
  const told: Notification[] = []
  const seenKeys = new Set<string>()
  const notifier = {
    channels: ['desk'],
    tell: async (one: Notification) => {
      const again = seenKeys.has(one.key)
      seenKeys.add(one.key)
      if (!again) told.push(one)
      return [{ channel: 'desk', ok: true, ...(again ? { why: 'told before' } : {}) }]
    },
  }
  const warnings: string[] = []
  const { records } = keyturn.store
  const open = (): Watch =>
    openCertificateWatch({
      ...{ grants: ['admin', 'nobody'], owner: 'ops', records, clock, notifier },
      org: (grant) => orgConnection(keyturn, grant),
      log: { warn: (_text, fields) => void warnings.push(JSON.stringify(fields)) },
    })
  const replicas = [open(), open()]
  const round = async (): Promise<number> => {
    let sum = 0
    for (const replica of replicas) sum += await replica.round()
    return sum
  }
  assert.equal(await round(), 0)
  assert.equal(warnings.length, 2, 'a grant that is not there is said, and stops nobody')
  const requests = (): number => sim.control.requests().length
  const before = requests()
  assert.equal(await round(), 0)
  assert.equal(requests(), before, 'once a day is enough')
  const subjects: string[] = []
  for (let days = 0; days <= 102; days += 1) {
    sim.control.moveClock({ advanceMs: day })
    await round()
    await round()
    subjects.push(...told.splice(0).map(({ severity, key, to }) => `${severity} ${key.split('/').at(-1)} ${to}`))
  }
  assert.deepEqual(subjects, ['info 60 ops', 'warning 30 ops', 'warning 10 ops', 'alarm 0 ops'])
  const watched = await watchedCertificates(records).list()
  const [view] = certificateViews(watched, clock.wall())
  assert.deepEqual([view?.name, view?.state, view?.kind], ['Feed', 'ended', 'connected-app'])
  assert.match(calendarOf([], clock.wall(), 'store', watched), /SUMMARY:Certificate ends: Feed/)
  sim.control.changeApp({ app: 'Feed', publicKey: sim.control.makeCertificate({ days: 20 }).certificate })
  sim.control.moveClock({ advanceMs: day })
  await round()
  assert.deepEqual(
    told.map(({ severity, key }) => `${severity} ${key.split('/').at(-1)}`),
    ['warning 30'],
    'a new certificate begins anew',
  )
})

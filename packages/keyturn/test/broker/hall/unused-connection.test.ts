/** Connections that somebody opened ahead, as browsers do, and on which nothing was ever asked. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { systemClock } from '@keyturn/tokens'
import { makeCertificates } from '../../../src/broker/certificates.ts'
import { ask, openHall, until } from './hall.ts'

for (const scheme of ['http', 'https'] as const) {
  test(`they do not keep the end waiting (${scheme})`, async (t) => {
    const hall = await openHall(t, {
      section: async (folder) => {
        const names = ['localhost']
        await makeCertificates({ folder, names, clients: [], clock: systemClock, random: randomBytes })
        const tls = { cert: join(folder, 'server.pem'), key: `file:${join(folder, 'server.key')}` }
        return { listen: [{ port: 0, ...(scheme === 'https' && { tls }) }], limits: { grace: '30s' } }
      },
    })
    const port = Number(new URL(hall.url).port)
    const unused = scheme === 'http' ? connectTcp(port, '127.0.0.1') : connectTls({ port, rejectUnauthorized: false })
    await once(unused, scheme === 'http' ? 'connect' : 'secureConnect')
    unused.on('error', () => undefined)
    unused.resume()
    // The broker has seen it once it answers somebody who came later.
    if (scheme === 'http') assert.equal((await ask(`${hall.url}/healthz`)).status, 200)
    let ended = false
    const ending = hall.broker.close().then(() => (ended = true))
    await until('the broker has ended', () => ended)
    await ending
    await until('the connection is closed', () => unused.destroyed)
  })
}

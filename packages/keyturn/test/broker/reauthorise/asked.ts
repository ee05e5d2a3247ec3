/** An operator has a grant authorised anew over the API; the link that was told. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { systemClock } from '@keyturn/tokens'
import { manageCallers } from '../../../src/broker/callers/manage-callers.ts'
import { openLog } from '../../../src/broker/log.ts'
import { enrolled, until } from '../hall/hall.ts'
import { DAY } from './scene.ts'
import type { Scene } from './scene.ts'

export const ask = async (scene: Scene): Promise<string> => {
  const log = openLog({ clock: systemClock, level: 'silent', write: () => undefined })
  const manage = manageCallers({ keyturn: scene.keyturn, clock: systemClock, random: randomBytes, log })
  const boss = enrolled(
    await manage.add({
      name: 'boss',
      grants: [],
      faces: ['api'],
      ranges: ['127.0.0.1'],
      expiresAt: systemClock.wall() + DAY,
      operator: true,
    }),
  )
  const headers = { authorization: boss.basic }
  // The broker reads its callers again within a moment.
  await until(
    'known',
    async () => (await scene.ask(`${scene.url}/keyturn/v1/callers/self`, { headers })).status === 200,
  )
  const asked = await scene.ask(`${scene.url}/keyturn/v1/grants/acme/reauthorise`, { method: 'POST', headers })
  assert.equal(asked.status, 200, asked.text)
  assert.deepEqual([asked.json.status, asked.json.made, asked.json.by], ['open', true, 'the caller boss'])
  const link = await scene.link()
  assert.ok(!asked.text.includes(link.split('/').at(-1) ?? ''))
  return link
}

/** Apps by number: connected and external ones in turn, some packaged, some that nobody installed. */
import { appById } from '../state/apps.ts'
import type { SimApp } from '../state/apps.ts'
import type { Org } from '../state/org.ts'
import { addApp } from '../state/seed.ts'
import type { AppSettings } from '../state/settings.ts'

const day = 86_400_000

const settingsOf = (index: number): Partial<AppSettings> => ({
  installed: index % 20 !== 13,
  rotation: index % 3 === 0,
  pkceRequired: index % 4 === 0,
  permittedUsers: index % 5 === 0 ? 'admin' : 'self',
  ipRelaxation: index % 7 === 0 ? 'ENFORCE' : 'BYPASS',
  refreshTokenPolicy: index % 2 === 0 ? { kind: 'infinite' } : { kind: 'inactivity', ms: 30 * day },
  idleLimitMs: index % 2 === 0 && index % 8 !== 0 ? null : 30 * day,
})

export const makeScaledApps = (org: Org, count: number): readonly SimApp[] =>
  Array.from({ length: count }, (_, index) => {
    const id = addApp(org, {
      name: `App_${index}`,
      kind: index % 2 === 0 ? 'connected' : 'external',
      callbacks: [index % 9 === 0 ? 'http://localhost:8080/cb' : `https://app${index}.example/cb`],
      scopes: index % 6 === 0 ? ['full', 'refresh_token'] : ['api', 'refresh_token'],
      settings: settingsOf(index),
    })
    const app = appById(org, id)
    if (app === undefined) throw new Error(`The app ${index} was made and can’t be found`)
    if (index % 10 === 5)
      org.sql('UPDATE AppMenuItem SET NamespacePrefix = ? WHERE Id = ?').run(`pkg${index}`, app.menuItemId)
    return app
  })

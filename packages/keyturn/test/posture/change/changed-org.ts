/** A simulated org on its own clock, and the grant of an administrator that changes it. */
import type { TestContext } from 'node:test'
import type { OrgSpec, Simulator } from '@keyturn/simulator'
import type { Clock } from '@keyturn/tokens'
import { orgConnection } from '../../../src/org/connection.ts'
import type { OrgConnection } from '../../../src/org/connection.ts'
import { withElement } from '../../../src/org/metadata-component.ts'
import type { MetadataValue } from '../../../src/org/metadata-component.ts'
import type { ComponentEdit, OrgChange } from '../../../src/posture/change/org-change.ts'
import { scene } from '../../rotation/scene.ts'

export const administrator = 'admin@acme.example'

export interface ChangedOrg {
  readonly sim: Simulator
  readonly org: OrgConnection
  /** Whoever sleeps moves the org's clock. */
  readonly clock: Clock
  readonly told: string[]
  readonly waiting: { readonly clock: Clock; readonly tell: (text: string) => void }
  /** What a person does in Setup meanwhile. */
  deployed(edit: ComponentEdit): Promise<void>
}

export const changedOrg = async (t: TestContext, spec: Partial<OrgSpec> = {}): Promise<ChangedOrg> => {
  const { sim, keyturn, clock: slow, advance } = await scene(t, spec)
  const { clientId, clientSecret, refreshToken } = sim.control.grant({ user: administrator, app: 'Web' })
  const grant = { name: 'admin', loginUrl: sim.url, clientId, clientSecret, refreshToken }
  await keyturn.grants.add({ ...grant, flow: 'refresh_token' })
  const org = orgConnection(keyturn, 'admin')
  const told: string[] = []
  const clock: Clock = {
    ...slow,
    sleep: async (ms) => advance(ms),
  }
  const waiting = { clock, tell: (text: string) => void told.push(text) }
  return {
    sim,
    org,
    clock,
    told,
    waiting,
    async deployed(edit) {
      const { applyChange } = await import('../../../src/posture/change/apply-change.ts')
      const { prepareChange } = await import('../../../src/posture/change/prepare-change.ts')
      const change = { title: 'By somebody else', components: [edit], records: [], clicks: [] }
      const applied = await applyChange(org, await prepareChange(org, change), { clock, tell: () => undefined })
      if (applied.is !== 'applied') throw new Error(applied.texts.join('; '))
    },
  }
}

export const inSettings = (member: string, path: readonly string[], value: MetadataValue): ComponentEdit => ({
  type: 'Settings',
  root: `${member}Settings`,
  fullName: member,
  edit: (body) => withElement(body ?? {}, path, value),
})

export const inApp = (app: string, path: readonly string[], value: MetadataValue): ComponentEdit => ({
  type: 'ConnectedApp',
  fullName: app,
  edit: (body) => withElement(body ?? {}, path, value),
})

export const changeOf = (title: string, ...components: readonly ComponentEdit[]): OrgChange => ({
  title,
  components,
  records: [],
  clicks: [],
})

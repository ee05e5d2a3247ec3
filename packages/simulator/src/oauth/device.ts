/** The device flow: a code for the device, a shorter one for the person, and polling in between. */
import type { SimResponse } from '../route.ts'
import type { Org } from '../state/org.ts'
import { userById } from '../state/users.ts'
import { approve } from './authorization-code.ts'
import { requireClient } from './client.ts'
import { json, param } from './context.ts'
import type { Call } from './context.ts'
import { scopesOf } from './issue.ts'
import { refuse } from './refusal.ts'
import { objectionTo } from './user-policy.ts'

const lifetimeMs = 10 * 60_000

interface Device {
  readonly deviceCode: string
  readonly userCode: string
  readonly appId: string
  readonly scopes: string
  readonly createdAt: number
  readonly state: 'pending' | 'approved' | 'denied' | 'used'
  readonly userId: string | null
}

export const deviceByUserCode = (org: Org, code: string): Device | undefined =>
  org.sql('SELECT * FROM sim_device WHERE userCode = ?').get(code.toUpperCase()) as unknown as Device | undefined

export const hasDevice = (org: Org, code: string): boolean =>
  org.sql('SELECT 1 FROM sim_device WHERE deviceCode = ?').get(code) !== undefined

export const decideDevice = (org: Org, device: Device, userId: string | null): void => {
  org
    .sql('UPDATE sim_device SET state = ?, userId = ? WHERE deviceCode = ?')
    .run(userId === null ? 'denied' : 'approved', userId, device.deviceCode)
}

export const isOpen = (org: Org, device: Device): boolean =>
  device.state === 'pending' && org.now() - device.createdAt <= lifetimeMs

/** `response_type=device_code`, posted to the token endpoint. */
export function startDevice(call: Call): SimResponse {
  const app = requireClient(call, () => false)
  if ('status' in app) return app
  if (!app.settings.deviceFlow) return refuse(call, 'flow-off')
  const wanted = scopesOf(param(call, 'scope') ?? '')
  const scopes = wanted.length === 0 ? app.scopes : wanted.filter((scope) => app.scopes.includes(scope))
  const deviceCode = call.org.ids.token('device', 64)
  const userCode = call.org.ids.hex('user-code', 8).toUpperCase()
  call.org
    .sql('INSERT INTO sim_device (deviceCode, userCode, appId, scopes, createdAt, state) VALUES (?, ?, ?, ?, ?, ?)')
    .run(deviceCode, userCode, app.id, scopes.join(' '), call.org.now(), 'pending')
  return json(200, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${call.request.baseUrl}/setup/connect`,
    interval: 5,
  })
}

/** `grant_type=device`: the device asks whether somebody has decided. */
export function pollDevice(call: Call): SimResponse {
  const { org } = call
  const app = requireClient(call, () => false)
  if ('status' in app) return app
  const device = org.sql('SELECT * FROM sim_device WHERE deviceCode = ?').get(param(call, 'code') ?? '') as unknown as
    Device | undefined
  if (device === undefined || device.appId !== app.id) return refuse(call, 'unknown-code')
  if (device.state === 'denied') return refuse(call, 'denied')
  if (device.state === 'used' || org.now() - device.createdAt > lifetimeMs) return refuse(call, 'expired-code')
  const user = device.userId === null ? undefined : userById(org, device.userId)
  if (device.state === 'pending' || user === undefined) return refuse(call, 'pending')
  const objection = objectionTo(call, user, app, 'login')
  if (objection !== undefined) return refuse(call, objection.reason)
  org.sql(`UPDATE sim_device SET state = 'used' WHERE deviceCode = ?`).run(device.deviceCode)
  return approve(call, {
    app,
    user,
    scopes: device.scopes.split(' '),
    code: device.deviceCode,
    nonce: null,
    subType: null,
  })
}

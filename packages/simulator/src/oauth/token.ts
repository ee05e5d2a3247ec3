/** POST /services/oauth2/token: which flow is meant. */
import type { SimResponse } from '../route.ts'
import { exchangeCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import { param } from './context.ts'
import type { Call, Handler } from './context.ts'
import { pollDevice, startDevice } from './device.ts'
import { jwtBearer } from './jwt-bearer.ts'
import { refresh } from './refresh.ts'
import { refuse } from './refusal.ts'
import { usernamePassword } from './username-password.ts'

const flows: Readonly<Record<string, Handler>> = {
  authorization_code: exchangeCode,
  hybrid_auth_code: exchangeCode,
  refresh_token: refresh,
  hybrid_refresh: refresh,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': jwtBearer,
  client_credentials: clientCredentials,
  password: usernamePassword,
  device: pollDevice,
}

export function token(call: Call): SimResponse {
  if (call.request.method !== 'POST') return { status: 405, headers: { Allow: 'POST' } }
  if (param(call, 'response_type') === 'device_code') return startDevice(call)
  const flow = flows[param(call, 'grant_type') ?? '']
  return flow === undefined ? refuse(call, 'unsupported-grant') : flow(call)
}

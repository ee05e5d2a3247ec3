/** The rotator of a kind, loaded when it is used: one line a kind. */
import type { Rotator } from '../rotator.ts'
import type { CredentialKind } from './settings.ts'

const rotators: Readonly<Record<CredentialKind, () => Promise<Rotator>>> = {
  'caller-secret': async () => (await import('./caller-secret/caller-secret.ts')).callerSecret,
  'external-client-app': async () => (await import('./external-client-app/external-client-app.ts')).externalClientApp,
  certificate: async () => (await import('./certificate/certificate.ts')).certificate,
  'connected-app': async () => (await import('./connected-app/connected-app.ts')).connectedApp,
  'master-key': async () => (await import('./master-key/master-key.ts')).masterKey,
  'refresh-token': async () => (await import('./refresh-token/refresh-token.ts')).refreshToken,
  password: async () => (await import('./password/password.ts')).password,
  'security-token': async () => (await import('./security-token/security-token.ts')).securityToken,
}

export const loadRotator = (kind: CredentialKind): Promise<Rotator> => rotators[kind]()

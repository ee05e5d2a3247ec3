/** The rotator of a kind, loaded when it is used: one line a kind. */
import type { Rotator } from '../rotator.ts'
import type { CredentialKind } from './settings.ts'

const rotators: Readonly<Record<CredentialKind, () => Promise<Rotator>>> = {
  'external-client-app': async () => (await import('./external-client-app/external-client-app.ts')).externalClientApp,
}

export const loadRotator = (kind: CredentialKind): Promise<Rotator> => rotators[kind]()

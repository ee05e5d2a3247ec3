/**
 * What is not made although it was asked for: descriptions that our own controls would find wrong the next day. Some have
 * a reason that makes them right, which is then written down; others have none.
 */
import { KeyturnError } from '@keyturn/tokens'
import { callbackKind } from '../controls/callbacks.ts'
import { sizeOfAll } from '../controls/addresses.ts'
import { parseRange } from './address-range.ts'
import type { AppDescription } from './app-description.ts'
import { defaultScopes, metadataScopes } from './app-scopes.ts'

export interface Objection {
  readonly text: string
  readonly fix: string
}

/** Null: nobody knows what kind of org it will be (`--dir` alone): then as in production. */
export interface AppPlace {
  readonly sandbox: boolean | null
}

const most = 256n

const callbackObjections = (
  { flow, callbacks = [], reasons = {} }: AppDescription,
  { sandbox }: AppPlace,
): readonly Objection[] => {
  if (flow !== 'web-server')
    return callbacks.length === 0
      ? []
      : [{ text: `A callback opens the web-server flow, which ${flow} doesn’t need`, fix: 'Leave it out.' }]
  if (callbacks.length === 0) return [{ text: 'The web-server flow has no callback', fix: 'Name it with --callback.' }]
  return callbacks.flatMap((callback): readonly Objection[] => {
    const shown = callback.slice(0, 200)
    switch (callbackKind(callback)) {
      case 'plain-http':
        return [{ text: `${shown} is not encrypted: codes can be read on the way`, fix: 'Use https.' }]
      case 'wildcard':
        return [{ text: `${shown} matches more than one place`, fix: 'Name each address exactly.' }]
      case 'odd':
        return [{ text: `${shown} is no address`, fix: 'Write it as https://HOST/PATH.' }]
      case 'local':
        return sandbox === true || reasons.localCallback !== undefined
          ? []
          : [
              {
                text: `${shown} is the computer it runs on, where any program can listen`,
                fix: 'Use an address of your own; for a tool on people’s computers add --allow-local REASON.',
              },
            ]
      case 'native':
      case 'salesforce':
      case 'web':
        return new URL(callback).hash === '' && new URL(callback).username === ''
          ? []
          : [{ text: `${shown} has a fragment or a user name in it`, fix: 'Leave that out.' }]
    }
  })
}

const scopeObjections = ({ flow, scopes, reasons = {} }: AppDescription): readonly Objection[] => {
  const all = metadataScopes(scopes ?? defaultScopes(flow))
  const person = flow === 'web-server' || flow === 'device'
  return [
    ...(all.includes('Full') && reasons.full === undefined
      ? [
          {
            text: 'The scope full is everything its user may do',
            fix: 'Name the scopes it needs, or add --reason-full.',
          },
        ]
      : []),
    ...(!person && all.includes('RefreshToken')
      ? [
          {
            text: `${flow} never gets a refresh token: the scope would only wait for misuse`,
            fix: 'Leave refresh_token out.',
          },
        ]
      : []),
    ...(!person && all.includes('Web')
      ? [{ text: 'The scope web opens the user interface, where no machine has business', fix: 'Leave web out.' }]
      : []),
  ]
}

const addressObjections = ({
  flow,
  callbacks = [],
  scopes,
  tokenAddresses = [],
  reasons = {},
}: AppDescription): readonly Objection[] => {
  const refreshes = metadataScopes(scopes ?? defaultScopes(flow)).includes('RefreshToken')
  if (!refreshes)
    return tokenAddresses.length === 0
      ? []
      : [{ text: 'Without refresh tokens there is nothing to tie to addresses', fix: 'Leave --token-address out.' }]
  if (tokenAddresses.length === 0) {
    const onDevices = callbacks.length > 0 && callbacks.every((one) => ['local', 'native'].includes(callbackKind(one)))
    return onDevices || reasons.anywhere !== undefined
      ? []
      : [
          {
            text: 'Its refresh tokens would be good from anywhere',
            fix: 'Name the addresses its servers leave from with --token-address, or add --reason-anywhere.',
          },
        ]
  }
  const size = sizeOfAll(tokenAddresses.map(parseRange))
  return size !== null && size <= most
    ? []
    : [{ text: 'The allowlist takes 256 addresses at most', fix: 'Name fewer, or narrower ranges.' }]
}

/** All at once. Throws BAD_ARGUMENT for what can't be read at all. */
export const appObjections = (description: AppDescription, place: AppPlace): readonly Objection[] => {
  const { flow, runsAs, certificate, reasons = {} } = description
  return [
    ...callbackObjections(description, place),
    ...scopeObjections(description),
    ...addressObjections(description),
    ...(flow === 'device' && reasons.device === undefined
      ? [
          {
            text: 'The device flow is the one by which people are talked into giving their access away',
            fix: 'Use web-server with a local callback, or jwt-bearer; or add --reason-device.',
          },
        ]
      : []),
    ...(flow === 'client-credentials' && runsAs === undefined
      ? [{ text: 'Client credentials run as a user, and none is named', fix: 'Name it with --runs-as.' }]
      : []),
    ...(flow !== 'client-credentials' && runsAs !== undefined
      ? [{ text: `${flow} runs as whoever signs in`, fix: 'Leave --runs-as out.' }]
      : []),
    ...(flow === 'jwt-bearer' && certificate === undefined
      ? [{ text: 'JWT bearer is signed, and no certificate is named', fix: 'Name its PEM file with --certificate.' }]
      : []),
    ...(flow !== 'jwt-bearer' && certificate !== undefined
      ? [{ text: `A certificate opens JWT bearer, which ${flow} doesn’t need`, fix: 'Leave --certificate out.' }]
      : []),
  ]
}

/** Throws BAD_ARGUMENT with everything at once. */
export const refuseUnsafe = (description: AppDescription, place: AppPlace): void => {
  const objections = appObjections(description, place)
  if (objections.length === 0) return
  throw new KeyturnError('BAD_ARGUMENT', objections.map(({ text }) => text).join('\n'), {
    fix: [...new Set(objections.map(({ fix }) => fix))].join(' '),
  })
}

/**
 * What the owner of a client is told before rotation is switched on: plain text, to be mailed as it is. What changes,
 * when, what to do for this kind of client, and the command that shows whether it survives. Pure.
 */
import { shownMoment, shownText } from '../audit/shown-text.ts'
import { quoted } from './plan.ts'
import type { PlannedApp, Words } from './plan.ts'
import type { JudgedClient } from './readiness.ts'

export interface Notice {
  /** Null: nobody is known to answer for these clients. */
  readonly to: string | null
  readonly subject: string
  readonly text: string
  readonly clients: readonly string[]
}

const line = (text: string, limit = 200): string => shownText(text, limit)

const clientPart = (client: JudgedClient, words: Words): string => {
  const { program, user, names, addresses, last, evidence, kind, id, versions } = client
  const seen = [
    ...(names.length === 0 ? [] : [`seen as ${names.map((one) => line(one, 80)).join(', ')}`]),
    ...(addresses.length === 0 ? [] : [`from ${addresses.map((one) => line(one, 60)).join(', ')}`]),
    ...(last === null ? [] : [`last on ${shownMoment(last)}`]),
  ]
  const what =
    program === 'unseen'
      ? `  A refresh token of ${line(user, 120)} that nobody was seen to use`
      : `  ${line(program, 80)}, signing in as ${line(user, 120)}`
  const advice =
    kind !== null && kind.advice !== ''
      ? kind.advice
      : program === 'unseen'
        ? 'Tell us which program holds it, or that it can be revoked.'
        : 'It has to store the new refresh token of every answer before it uses anything of it, and refresh once at a time.'
  return [
    `${what}${seen.length === 0 ? '' : `\n    ${seen.join('; ')}`}`,
    ...evidence.map(({ text }) => `    What is known: ${line(text, 300)}`),
    `    What to do: ${advice}`,
    ...(program === 'unseen'
      ? []
      : [
          `    To show that it survives, start it with this (without our Keyturn store: add --junit rtr.xml in place of --record, and send us that):\n      ${words.bin} rehearse --record ${quoted(id)}${versions[0] === undefined ? '' : ` --client-version ${quoted(versions[0].version)}`} -- YOUR-COMMAND`,
        ]),
  ].join('\n')
}

const text = (app: PlannedApp, clients: readonly JudgedClient[], when: string | null, words: Words): string =>
  [
    `The Salesforce app “${line(app.label, 120)}” (${line(app.name, 120)}) will get Refresh Token Rotation${when === null ? '' : ` on ${when}`}.`,
    'What changes: every refresh answers with a new refresh token, and the one before is void at once. A program that sends an old one again, or two programs that share one, lose access to Salesforce: the refresh token and all its sessions end, and somebody has to sign in again.',
    'What does not change: programs that sign in by JWT bearer or client credentials, and programs that come through Keyturn’s broker.',
    `Your ${clients.length === 1 ? 'program' : 'programs'}:`,
    ...clients.map((one) => clientPart(one, words)),
    'If your program can’t be changed: Keyturn’s broker gives it a refresh token that never changes and does the rotation for it. Ask us.',
    `Please answer ${when === null ? 'with a date by which it is ready' : `before ${when}`}. Until every program of this app is ready, rotation stays off.`,
  ].join('\n\n')

/** One for each owner of clients that are in the way; those nobody answers for share one. */
export const noticesFor = (app: PlannedApp, words: Words, when: string | null): readonly Notice[] =>
  app.owners.map((owner) => {
    const clients = app.blockers.filter((one) => one.owner === owner)
    return {
      to: owner,
      subject: `Refresh Token Rotation for ${line(app.label, 80)}: is your program ready?`,
      text: text(app, clients, when, words),
      clients: clients.map(({ id }) => id),
    }
  })

/** To the maker of an app that this org can't change. */
export const vendorRequest = (app: PlannedApp, orgName: string): Notice => {
  const facts = [
    app.origin === 'uninstalled'
      ? 'used here without being installed'
      : `installed here${app.namespace === null ? '' : ` from the package with the namespace ${line(app.namespace, 40)}`}`,
    app.users === null
      ? null
      : `${app.users === 1 ? '1 user' : `${app.users} users`} and ${app.tokens === 1 ? '1 refresh token' : `${app.tokens ?? 0} refresh tokens`}`,
    app.lastUsed === null ? null : `last used ${shownMoment(app.lastUsed)}`,
  ].filter((one) => one !== null)
  return {
    to: null,
    subject: `Refresh Token Rotation and PKCE for your Salesforce app ${line(app.label, 80)}`,
    text: [
      `We use your Salesforce app “${line(app.label, 120)}” (${line(app.name, 120)}) in our org ${line(orgName, 120)}: ${facts.join(', ')}.`,
      'Salesforce requires of apps of partners that are used in more than two production orgs, since 11 May 2026, that they demand PKCE and rotate refresh tokens. Only you, as the owner of the app, can switch that on.',
      'Please tell us:\n  1. From which date does the app rotate refresh tokens (Enable Refresh Token Rotation), and demand PKCE?\n  2. Do all your clients store the new refresh token durably before they use it, and refresh once at a time over all of your servers?\n  3. What happens to our connection when an answer is lost: who notices, and who has to sign in again?\n  4. Do you limit idle refresh tokens to 30 days, and from which addresses do your servers use them (for the refresh-token IP allowlist)?\n  5. Which scopes do you need? Today we see: ' +
        `${app.scopes === null ? 'not visible to us' : app.scopes.map((one) => line(one, 40)).join(', ')}.`,
      'Until then we limit the app by policy here: how long its refresh tokens live, from which addresses they may be used, and who may use it.',
    ].join('\n\n'),
    clients: [],
  }
}

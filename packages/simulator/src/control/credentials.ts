/** The control plane's verbs about credentials: mail, security tokens, consumers and permissions. */
import { giveUserPermissions } from '../data/index.ts'
import type { UserPermission } from '../data/user-permissions.ts'
import { mailFaults, mailsOf, mailsSettled, releaseMails, sendForgery, setMailFaults } from '../mail/outbox.ts'
import type { MailFaultKind, MailKind, SimMail } from '../mail/outbox.ts'
import { insertConsumer } from '../state/apps.ts'
import type { SimApp } from '../state/apps.ts'
import { consumersOf, newPair, pairsOf } from '../state/consumers.ts'
import type { Consumer, KeyPair } from '../state/consumers.ts'
import { fingerprint } from '../state/ids.ts'
import type { Org } from '../state/org.ts'
import { resetSecurityToken } from '../state/passwords.ts'
import { userById } from '../state/users.ts'
import type { SimUser } from '../state/users.ts'

interface InOrg {
  readonly org?: string
}

export interface MailView extends Omit<SimMail, 'userId'> {
  readonly user: string
}

export interface MailFaultView {
  readonly fault: MailFaultKind
  /** null: of any user. */
  readonly user: string | null
  readonly count: number
}

export interface PairView extends Pick<KeyPair, 'slot' | 'clientId' | 'stagedId' | 'countsUntil'> {
  readonly consumer: string
  readonly name: string
  /** Of the secret. */
  readonly fingerprint: string
  /** Tokens issued to it, and refusals: no org shows this. */
  readonly used: number
  readonly lastUsedAt: number | null
  readonly refused: number
}

export interface CredentialControl {
  /** The person's click on "Reset My Security Token"; an error where Salesforce has no such page for the user. */
  resetSecurityToken(of: InOrg & { readonly user: string }): void
  /** The password and the security token that count now. */
  userSecrets(of: InOrg & { readonly user: string }): { readonly password: string; readonly securityToken: string }
  /** Every mail the org wrote, with its raw text. */
  mails(of?: InOrg & { readonly user?: string; readonly kind?: MailKind }): readonly MailView[]
  /** The same, when every mail that left was taken or refused by the mail server. */
  mailsSettled(of?: InOrg): Promise<readonly MailView[]>
  /** What happens to the next `count` mails with a security token (of this user, or of any). */
  addMailFault(
    of: InOrg & { readonly fault: MailFaultKind; readonly user?: string; readonly count?: number },
  ): readonly MailFaultView[]
  mailFaults(of?: InOrg): readonly MailFaultView[]
  removeMailFaults(of?: InOrg): number
  /** Lets held mails go: all, or the one of this number. */
  releaseMails(of?: InOrg & { readonly n?: number }): number
  /** Sends a look-alike with a token that isn't one, from another sender. */
  forgeMail(
    of: InOrg & { readonly user: string; readonly from?: string; readonly subject?: string; readonly token?: string },
  ): MailView
  addConsumer(of: InOrg & { readonly app: string; readonly name: string }): Consumer & { readonly id: string }
  /** Every pair of key and secret an app has or had, and what it was used for. */
  consumers(of: InOrg & { readonly app: string }): readonly PairView[]
  /** Gives a user permissions through a permission set of its own. */
  givePermissions(of: InOrg & { readonly user: string; readonly permissions: readonly UserPermission[] }): void
}

export function credentialVerbs(find: {
  readonly org: (of: InOrg | undefined) => Org
  readonly user: (org: Org, name: string) => SimUser
  readonly app: (org: Org, name: string) => SimApp
}): CredentialControl {
  const faultKinds: readonly MailFaultKind[] = ['held', 'lost', 'twice', 'old-token']
  const nameOf = (org: Org, id: string): string => userById(org, id)?.username ?? id
  const view = (org: Org, { userId, ...mail }: SimMail): MailView => ({ ...mail, user: nameOf(org, userId) })
  const faultsOf = (org: Org): readonly MailFaultView[] =>
    mailFaults(org).map(({ fault, userId, count }) => ({
      fault,
      user: userId === null ? null : nameOf(org, userId),
      count,
    }))
  const mails: CredentialControl['mails'] = (of) => {
    const org = find.org(of)
    return mailsOf(org)
      .map((mail) => view(org, mail))
      .filter((mail) => of?.user === undefined || mail.user.toLowerCase() === of.user.toLowerCase())
      .filter((mail) => of?.kind === undefined || mail.kind === of.kind)
  }
  return {
    resetSecurityToken: (of) => {
      const org = find.org(of)
      resetSecurityToken(org, find.user(org, of.user))
    },
    userSecrets: (of) => {
      const { password, securityToken } = find.user(find.org(of), of.user)
      return { password, securityToken }
    },
    mails,
    mailsSettled: async (of) => {
      await mailsSettled(find.org(of))
      return mails(of)
    },
    addMailFault: (of) => {
      const org = find.org(of)
      if (!faultKinds.includes(of.fault))
        throw new Error(`A mail fault is one of ${faultKinds.join(', ')}; got "${of.fault}"`)
      const userId = of.user === undefined ? null : find.user(org, of.user).id
      setMailFaults(org, [...mailFaults(org), { fault: of.fault, userId, count: of.count ?? 1 }])
      return faultsOf(org)
    },
    mailFaults: (of) => faultsOf(find.org(of)),
    removeMailFaults: (of) => {
      const org = find.org(of)
      const { length } = mailFaults(org)
      setMailFaults(org, [])
      return length
    },
    releaseMails: (of) => releaseMails(find.org(of), of?.n),
    forgeMail: (of) => {
      const org = find.org(of)
      return view(org, sendForgery(org, find.user(org, of.user), of))
    },
    addConsumer: (of) => {
      const org = find.org(of)
      const app = find.app(org, of.app)
      const pair = newPair(org)
      if (app.kind !== 'external')
        throw new Error(`${app.name} is a connected app: it has one consumer and can’t have another`)
      if (typeof of.name !== 'string') throw new Error('A consumer needs a name')
      return { id: insertConsumer(org, { ...pair, id: app.id }, { name: of.name, main: false }), ...pair }
    },
    consumers: (of) => {
      const org = find.org(of)
      return consumersOf(org, find.app(org, of.app).id).flatMap(({ id, name }) =>
        pairsOf(org, id).map((pair) => ({
          consumer: id,
          name,
          slot: pair.slot,
          clientId: pair.clientId,
          fingerprint: fingerprint(pair.clientSecret),
          stagedId: pair.stagedId,
          countsUntil: pair.countsUntil,
          used: pair.used,
          lastUsedAt: pair.lastUsedAt,
          refused: pair.refused,
        })),
      )
    },
    givePermissions: (of) => {
      const org = find.org(of)
      giveUserPermissions(org, find.user(org, of.user).id, of.permissions)
    },
  }
}

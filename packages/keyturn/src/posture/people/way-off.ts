/**
 * How a program gets off a password or a SOAP login, the best way first, each with what is to be typed. Which of them it
 * can go depends on what can be changed of it: its code, its settings, or only the address it logs in at.
 */
import { typed } from './step.ts'

export interface WayOff {
  readonly way: 'own-user' | 'client-credentials' | 'jwt-bearer' | 'broker'
  /** When to take it. */
  readonly when: string
  readonly commands: readonly string[]
  readonly guide: string
}

interface Leaving {
  readonly username: string
  readonly apiOnly: boolean | null
  readonly shared: readonly string[]
  /** Of the org, for commands. */
  readonly instanceUrl: string
  readonly grant: string | null
}

const urlOf = (instanceUrl: string): string =>
  /^https?:\/\/[\w.:-]+$/.test(instanceUrl) ? instanceUrl : 'https://MYDOMAIN.my.salesforce.com'

/** For a name of a grant or caller: letters of the username before its @. */
const nameOf = (username: string): string => {
  const name = (username.split('@')[0] ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return name === '' ? 'NAME' : name
}

export const waysOff = ({ username, apiOnly, shared, instanceUrl, grant }: Leaving): readonly WayOff[] => {
  const [by, name, user, url] = [
    typed(grant, 'GRANT'),
    nameOf(username),
    typed(username, 'USERNAME'),
    urlOf(instanceUrl),
  ]
  /** API names know no hyphen. */
  const set = name.replaceAll('-', '_')
  const own: readonly WayOff[] =
    apiOnly === true && shared.length === 0
      ? []
      : [
          {
            way: 'own-user',
            when: `First, because ${shared.length > 0 ? shared.join('; ') : apiOnly === null ? 'nobody can tell whether a person may log in as it' : 'a person could log in as it (it is not API only)'}: a user of its own, with no more than it needs.`,
            commands: [
              `keyturn provision integration-user ${by} --username ${name}.integration@YOURDOMAIN --name ${name} --email OWNER --permission-set ${set}_integration --object OBJECT:read`,
            ],
            guide: 'docs/how-to/mfa-and-machines.md',
          },
        ]
  return [
    ...own,
    {
      way: 'client-credentials',
      when: 'Its code or settings can be changed, and it acts as one user: an external client app that runs as that user, no token to lose.',
      commands: [
        `keyturn provision app ${by} ${set} --flow client-credentials --runs-as ${user} --purpose PURPOSE --contact OWNER --permission-set ${set}_app --create`,
        `keyturn connect ${name} --client-credentials --login-url ${url} --client-id CONSUMER_KEY --client-secret-stdin`,
      ],
      guide: 'docs/how-to/use-with-other-clients.md',
    },
    {
      way: 'jwt-bearer',
      when: 'It can hold a private key, or acts as several users: nothing secret is sent.',
      commands: [
        `keyturn provision app ${by} ${set} --flow jwt-bearer --certificate CERT.pem --purpose PURPOSE --contact OWNER --permission-set ${set}_app --create`,
        `keyturn connect ${name} --jwt --login-url ${url} --client-id CONSUMER_KEY --username ${user} --key-file KEY.pem`,
      ],
      guide: 'docs/how-to/rotate-a-jwt-certificate.md',
    },
    {
      way: 'broker',
      when: 'Only the address it logs in at can be changed: the broker speaks login() and the password flow to it and gives it a password that is good there alone.',
      commands: [
        `keyturn caller add ${name} --grant ${name} --face soap --face proxy --user ${name}@broker --range ITS_ADDRESS --expires 365d`,
        'keyturn serve',
      ],
      guide: 'docs/how-to/put-a-legacy-application-behind-the-broker.md',
    },
  ]
}

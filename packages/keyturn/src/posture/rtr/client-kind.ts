/**
 * What is known of programs by the name they give themselves in the login history: what becomes of them when their
 * refresh tokens are rotated. A name proves little, so only what holds for every version, or for the version that is
 * named, decides; the rest is a hint and leaves the client unknown. Sources: the clients driven against a server that
 * rotates, or read, in November 2026.
 */

/** `survives` and `breaks` hold whenever the name is true; `depends` on what the name doesn't tell. */
type Effect = 'survives' | 'breaks' | 'depends'

export interface KnownKind {
  readonly name: string
  readonly effect: Effect
  readonly why: string
  /** What its owner does. */
  readonly advice: string
}

interface KindRow {
  readonly name: string
  readonly pattern: RegExp
  /** By the version that stands in the first group, where there is one. */
  readonly by: (version: string | null) => Omit<KnownKind, 'name'>
}

const rehearse = 'Rehearse it, or put it behind Keyturn’s broker, where it needs no refresh token of its own.'
const always =
  (effect: Effect, why: string, advice: string = rehearse): KindRow['by'] =>
  () => ({ effect, why, advice })

/** Numbers only; what isn't one counts as 0. */
export const isBefore = (version: string, limit: string): boolean => {
  const [a, b] = [version, limit].map((one) => one.split('.').map((part) => Number.parseInt(part, 10) || 0))
  for (let index = 0; index < 3; index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

const jsforceAdvice =
  'Give the connection Keyturn’s `refreshFn` (`@keyturn/tokens/jsforce`) and no refresh token, then rehearse it.'
const cliAdvice =
  'Update the Salesforce CLI to 2.151.7 or later and every plugin with its own @salesforce/core to 9.2.0, on every machine that shares the login; use no stored SFDX auth URL twice.'

const rows: readonly KindRow[] = [
  {
    name: 'Keyturn',
    pattern: /^keyturn\b/i,
    by: always('survives', 'Keyturn stores each new refresh token before it is used, one exchange at a time.', ''),
  },
  {
    name: 'Data Loader',
    pattern: /^(?:salesforce )?data ?loader\b/i,
    by: always('survives', 'Data Loader never sends its refresh token: it signs in anew.', ''),
  },
  {
    name: '@salesforce/core',
    pattern: /^@?salesforce\/core(?:[/ @]v?(\d[\w.]*))?/i,
    by: (version) =>
      version === null
        ? { effect: 'depends', why: 'Versions before 9.2.0 write the spent token back.', advice: cliAdvice }
        : isBefore(version, '9.2.0')
          ? {
              effect: 'breaks',
              why: `${version} writes the spent token back: over at the second refresh.`,
              advice: cliAdvice,
            }
          : {
              effect: 'depends',
              why: `${version} keeps the new token, unless an older core reads the same file or an auth URL is used twice.`,
              advice: cliAdvice,
            },
  },
  {
    name: 'Salesforce CLI',
    pattern: /^(?:sfdx toolbelt|sf-cli|sfdx-cli|@salesforce\/cli)(?:[/ @:]+v?(\d[\w.]*))?/i,
    by: (version) =>
      version !== null && isBefore(version, '2.151.7')
        ? { effect: 'breaks', why: `${version} is older than 2.151.7: over at the second refresh.`, advice: cliAdvice }
        : {
            effect: 'depends',
            why: 'From 2.151.7 on it keeps the new token; older ones, and plugins with an older @salesforce/core, lose access at the second refresh.',
            advice: cliAdvice,
          },
  },
  {
    name: 'jsforce',
    pattern: /jsforce/i,
    by: always(
      'depends',
      'jsforce by itself drops the new token and loses access at the second refresh; with a `refreshFn` that stores it, it goes on.',
      jsforceAdvice,
    ),
  },
  {
    name: 'NetCoreForce',
    pattern: /^netcoreforce(?:[/ ]v?(\d[\w.]*))?/i,
    by: (version) =>
      version !== null && !isBefore('5.0.0', version)
        ? { effect: 'breaks', why: `${version} overwrites the new token with the old one.`, advice: rehearse }
        : { effect: 'depends', why: 'Up to 5.0.0 the new token is overwritten with the old one.', advice: rehearse },
  },
  {
    name: 'Faraday (restforce)',
    pattern: /^faraday\b/i,
    by: always(
      'depends',
      'restforce sends the same refresh token again and drops the new one; another gem on Faraday may not.',
      'Keep the refresh token out of restforce: hand it access tokens from Keyturn, or put it behind the broker.',
    ),
  },
  {
    name: 'Salesforce Mobile SDK for Android',
    pattern: /^salesforcemobilesdk\/v?(\d[\w.]*).*android/i,
    by: (version) =>
      version !== null && !isBefore('13.2.0', version)
        ? { effect: 'breaks', why: `${version} doesn’t keep the new token.`, advice: 'Ship the app with a later SDK.' }
        : { effect: 'depends', why: 'Keeping the new token was mended after 13.2.0.', advice: rehearse },
  },
  {
    name: 'Salesforce Mobile SDK',
    pattern: /^salesforcemobilesdk\b/i,
    by: always('depends', 'Whether this version keeps the new token is not known.'),
  },
  {
    name: 'CumulusCI',
    pattern: /cumulusci/i,
    by: always('depends', 'It keeps the new token only where its caller saves the configuration.'),
  },
  {
    name: 'n8n',
    pattern: /^n8n\b/i,
    by: always('depends', 'Recent versions keep the new token, and refresh without their lock when it is slow.'),
  },
  {
    name: 'Airbyte',
    pattern: /airbyte/i,
    by: always(
      'depends',
      'From 2.8.0 of the source on it keeps the new token; a snapshot of its configuration doesn’t.',
    ),
  },
  {
    name: 'Meltano / Singer tap',
    pattern: /meltano|tap-salesforce|singer/i,
    by: always('depends', 'It writes the new token into a configuration file that may be temporary.'),
  },
  {
    name: 'PostHog',
    pattern: /posthog/i,
    by: always('breaks', 'It drops the new token and sends the old one again.', 'Ask the vendor, or use the broker.'),
  },
  {
    name: 'a web browser',
    pattern: /^(?:chrome|edge|firefox|safari|opera|ie|msie|mozilla|internet explorer|samsung)\b/i,
    by: always(
      'depends',
      'Somebody approved the app in a browser; the program that keeps the token does not show here.',
      'Find out which program asked for the approval.',
    ),
  },
  {
    name: 'an HTTP library',
    pattern:
      /^(?:python(?:-requests|-urllib)?|aiohttp|requests|apache-(?:httpclient|cxf)|java|okhttp|curl|axios|node(?:-fetch)?|undici|got|go-http-client|ruby|postmanruntime|php|guzzlehttp|restsharp|libwww-perl|\.net|microsoft)\b/i,
    by: always(
      'depends',
      'Only the HTTP library gives its name: what the program does with the new token is its own code.',
    ),
  },
]

export const kindOf = (client: string): KnownKind | null => {
  for (const { name, pattern, by } of rows) {
    const found = pattern.exec(client)
    if (found !== null) return { name, ...by(found[1] ?? null) }
  }
  return null
}

/** Flows that give out no refresh token: rotation takes nothing from them. */
const unaffectedWays: Readonly<Record<string, string>> = {
  OauthClientCredentials: 'comes by client credentials: it has no refresh token',
  OauthUsernamePassword: 'comes with a password: it has no refresh token (that flow ends in Winter ’27)',
}

/** Why this way in has nothing to do with rotation, or null. An unknown or unnamed way is no such reason. */
export const whyUnaffected = (subType: string | null): string | null =>
  subType === null ? null : (unaffectedWays[subType.replace(/[^A-Za-z]/g, '')] ?? null)

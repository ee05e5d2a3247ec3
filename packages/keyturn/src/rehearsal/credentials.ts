/**
 * What CMD is told of the simulated org: by its environment, by files of its folder, and by placeholders in its
 * arguments. Secrets go into the environment and into files; into arguments, where every process of the machine can
 * read them, only when that was asked for.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KeyturnError } from '@keyturn/tokens'
import type { Environment } from '../settings.ts'
import { APP, SPARE_APP } from './simulated-org.ts'
import type { SimulatedOrgs } from './simulated-org.ts'

interface Start {
  readonly grant: string
  /** Emptied before each phase; what CMD keeps there is all that it knows after a restart. */
  readonly folder: string
  readonly open: Readonly<Record<OpenName, string>>
  readonly secret: Readonly<Record<SecretName, string>>
}

const openNames = [
  'loginUrl',
  'instanceUrl',
  'tokenUrl',
  'clientId',
  'username',
  'userId',
  'orgId',
  'folder',
  'credentialsFile',
  'jwtClientId',
  'jwtKeyFile',
] as const
type OpenName = (typeof openNames)[number]

const secretNames = ['clientSecret', 'refreshToken', 'accessToken', 'password', 'securityToken', 'sfdxAuthUrl'] as const
type SecretName = (typeof secretNames)[number]

/** Placeholder of the arguments → variable of the environment: the one list that the documentation is checked against. */
export const variables: Readonly<Record<OpenName | SecretName, string>> = {
  loginUrl: 'SF_LOGIN_URL',
  instanceUrl: 'SF_INSTANCE_URL',
  tokenUrl: 'SF_TOKEN_URL',
  clientId: 'SF_CLIENT_ID',
  username: 'SF_USERNAME',
  userId: 'SF_USER_ID',
  orgId: 'SF_ORG_ID',
  folder: 'REHEARSAL_FOLDER',
  credentialsFile: 'SF_CREDENTIALS_FILE',
  jwtClientId: 'SF_JWT_CLIENT_ID',
  jwtKeyFile: 'SF_JWT_KEY_FILE',
  clientSecret: 'SF_CLIENT_SECRET',
  refreshToken: 'SF_REFRESH_TOKEN',
  accessToken: 'SF_ACCESS_TOKEN',
  password: 'SF_PASSWORD',
  securityToken: 'SF_SECURITY_TOKEN',
  sfdxAuthUrl: 'SFDX_AUTH_URL',
}

/** One user, one app with a refresh token of its own, and a second app as a spare way in. */
export const prepare = (sim: SimulatedOrgs, org: string, folder: string): Start => {
  const known = sim.orgs.find(({ name }) => name === org)
  const spare = known?.apps.find(({ name }) => name === SPARE_APP)
  const user = known?.users.find(({ username }) => username.startsWith('integration@'))
  if (spare?.privateKey == null || user === undefined)
    throw new KeyturnError('DEFECT', `The simulated org ${org} is not as a rehearsal needs it`)
  const { username, password, securityToken } = user
  const ready = sim.control.grant({ org, user: username, app: APP })
  // The user has approved the spare app, too.
  sim.control.grant({ org, user: username, app: SPARE_APP })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const jwtKeyFile = join(folder, 'jwt.key')
  const credentialsFile = join(folder, 'credentials.json')
  const { instanceUrl, clientId, clientSecret, refreshToken, accessToken } = ready
  const address = new URL(instanceUrl)
  const start: Start = {
    grant: ready.grant,
    folder,
    open: {
      loginUrl: instanceUrl,
      instanceUrl,
      tokenUrl: `${instanceUrl}/services/oauth2/token`,
      clientId,
      username,
      userId: ready.userId,
      orgId: ready.org,
      folder,
      credentialsFile,
      jwtClientId: spare.clientId,
      jwtKeyFile,
    },
    secret: {
      clientSecret,
      refreshToken,
      accessToken,
      password,
      securityToken,
      // The sf CLI makes https:// of it whatever it says.
      sfdxAuthUrl:
        address.protocol === 'https:' ? `force://${clientId}:${clientSecret}:${refreshToken}@${address.host}` : '',
    },
  }
  writeFileSync(jwtKeyFile, spare.privateKey, { mode: 0o600 })
  writeFileSync(credentialsFile, `${JSON.stringify({ ...start.open, ...start.secret }, null, 2)}\n`, { mode: 0o600 })
  if (sim.certificate !== undefined) writeFileSync(join(folder, 'certificate.pem'), sim.certificate)
  return start
}

/** Real credentials stay outside, whatever they are called; what only makes the sf CLI quiet may stay. */
const foreign = /^(SF|SFDX|SALESFORCE|FORCE|KEYTURN)_(?!DISABLE|SKIP|AUTOUPDATE|USE_|DOMAIN_|LOG_LEVEL)/i

export const environmentOf = (start: Start, own: Environment, https: boolean): NodeJS.ProcessEnv => {
  const { folder } = start
  const certificate = join(folder, 'certificate.pem')
  const told = Object.entries({ ...start.open, ...start.secret }).flatMap(([name, value]) =>
    value === '' ? [] : [[variables[name as OpenName | SecretName], value] as const],
  )
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => !foreign.test(name))),
    // Programs keep logins below the home folder: they must find none there, and spoil none.
    HOME: folder,
    USERPROFILE: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    XDG_DATA_HOME: join(folder, '.local', 'share'),
    XDG_STATE_HOME: join(folder, '.local', 'state'),
    XDG_CACHE_HOME: join(folder, '.cache'),
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
    SF_DISABLE_TELEMETRY: 'true',
    SF_DISABLE_LOG_FILE: 'true',
    SF_AUTOUPDATE_DISABLE: 'true',
    SF_SKIP_NEW_VERSION_CHECK: 'true',
    SF_DOMAIN_RETRY: '0',
    NO_PROXY: ['localhost', '127.0.0.1', own['NO_PROXY'] ?? ''].filter((host) => host !== '').join(','),
    no_proxy: ['localhost', '127.0.0.1', own['no_proxy'] ?? ''].filter((host) => host !== '').join(','),
    ...(https
      ? {
          NODE_EXTRA_CA_CERTS: certificate,
          SSL_CERT_FILE: certificate,
          REQUESTS_CA_BUNDLE: certificate,
          CURL_CA_BUNDLE: certificate,
        }
      : {}),
    ...Object.fromEntries(told),
  }
}

/** `{name}`; `${name}` is the shell's. */
const placeholder = /(?<!\$)\{([A-Za-z]+)\}/g

const isOpen = (name: string): name is OpenName => openNames.some((known) => known === name)
const isSecret = (name: string): name is SecretName => secretNames.some((known) => known === name)

/** Refuses secrets in arguments, and names that are ours but for their letters' case. */
export const checkArguments = (args: readonly string[], allowSecrets: boolean): void => {
  for (const [, name = ''] of args.flatMap((arg) => [...arg.matchAll(placeholder)])) {
    if (isSecret(name) && !allowSecrets)
      throw new KeyturnError('BAD_ARGUMENT', `{${name}} is a secret, and arguments can be read by every process`, {
        fix: `Read ${variables[name]} from the environment, or the file {credentialsFile}; --allow-argv puts it there all the same.`,
      })
    if (isOpen(name) || isSecret(name)) continue
    const meant = [...openNames, ...secretNames].find((known) => known.toLowerCase() === name.toLowerCase())
    if (meant !== undefined)
      throw new KeyturnError('BAD_ARGUMENT', `There is no placeholder {${name}}`, { fix: `Write {${meant}}.` })
  }
}

export const fillIn = (args: readonly string[], start: Start): readonly string[] =>
  args.map((arg) =>
    arg.replace(placeholder, (whole, name: string) =>
      isOpen(name) ? start.open[name] : isSecret(name) ? start.secret[name] : whole,
    ),
  )

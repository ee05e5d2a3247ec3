/**
 * What must not occur, and where it may: the lists that `check-absences.ts` enforces. Add a file to `except` when the
 * thing belongs there; a reviewer then sees it. Paths are from the root; a folder ends with a slash.
 */
export interface Absence {
  readonly what: string
  readonly pattern: RegExp
  /** Files it is looked for in. */
  readonly files: RegExp
  readonly except: readonly string[]
  readonly instead: string
  /** Look into comments, too (they are blanked out otherwise). */
  readonly comments?: boolean
}

const source = /^packages\/[^/]+\/src\/.*(?<!\.test)\.ts$/
const tokens = /^packages\/tokens\/src\/.*(?<!\.test)\.ts$/
const text = /\.(ts|js|mjs|cjs|json|md|yaml|yml|sh)$|^\.ci\/|^\.[a-z]+rc$/

export const absences: readonly Absence[] = [
  {
    what: 'Date.now, new Date() and performance.now',
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/,
    files: source,
    except: [
      'packages/tokens/src/clock.ts',
      'packages/simulator/src/clock.ts',
      // TLS peers judge a certificate by the machine's time, not by the simulated one
      'packages/simulator/src/certificate.ts',
      'packages/keyturn/src/clock.ts',
      'packages/keyturn/src/demo/',
    ],
    instead: 'take a Clock',
  },
  {
    what: 'Math.random',
    pattern: /\bMath\.random\b/,
    files: source,
    except: [],
    instead: 'node:crypto for secrets and ids, a seeded generator that is passed in for everything else',
  },
  {
    what: 'setTimeout and setInterval',
    pattern: /\bset(Timeout|Interval)\(|\bfrom 'node:timers/,
    files: source,
    except: [
      'packages/tokens/src/clock.ts',
      // an unref'ed timer: Clock.sleep keeps a process alive
      'packages/tokens/src/sweep-timer.ts',
      'packages/simulator/src/clock.ts',
      // the simulator's faults delay real bytes on a real wire
      'packages/simulator/src/faults/',
      'packages/simulator/src/conversation.ts',
      // a socket's own idle limit
      'packages/keyturn/src/broker/proxy/upstream.ts',
      // how long a mail server may be silent on a real socket
      'packages/simulator/src/mail/smtp.ts',
      'packages/keyturn/src/demo/',
    ],
    instead: 'clock.sleep',
  },
  {
    what: 'console',
    pattern: /\bconsole\./,
    files: tokens,
    except: [],
    instead: 'an event: a library does not print',
  },
  {
    what: '.reveal() of a Secret',
    pattern: /\.reveal\(/,
    files: source,
    except: [
      'packages/tokens/src/secret.ts',
      // sent to Salesforce
      'packages/tokens/src/wire/',
      'packages/tokens/src/oauth/request.ts',
      'packages/tokens/src/grants/revoke.ts',
      'packages/tokens/src/token/learn-session.ts',
      'packages/tokens/src/token/probe.ts',
      // sealed, fingerprinted, or the key for that
      'packages/tokens/src/store/master-key.ts',
      'packages/tokens/src/store/store-keys.ts',
      // the line end that editors add is taken off
      'packages/tokens/src/store/reference.ts',
      'packages/tokens/src/store/orphans.ts',
      // a store address with a password, for the driver
      'packages/tokens/src/store/open.ts',
      // told once to who made a caller; a TLS key, for Node and for checking it
      'packages/keyturn/src/broker/api/told.ts',
      'packages/keyturn/src/broker/listen.ts',
      'packages/keyturn/src/broker/check-broker.ts',
      // a one-time link: to its channel and its person; a PKCE verifier: back to the library
      'packages/keyturn/src/broker/reauthorise/',
      'packages/keyturn/src/commands/keyturn/grants/reauthorise.ts',
      'packages/keyturn/src/wiring/schedule-opened.ts',
      // told through the channels, which are reached by secret addresses
      'packages/keyturn/src/notify/',
      // passwords and security tokens: into the request that sets or tries them
      'packages/keyturn/src/org/soap-call.ts',
      'packages/keyturn/src/org/password-login.ts',
      'packages/keyturn/src/org/user-password.ts',
      // a decision that a person typed
      'packages/keyturn/src/rotation/steps/said-yes.ts',
      // an AppRole's secret id, in the body that logs in
      'packages/keyturn/src/secret-managers/vault-client.ts',
      // the secret of a new app, in the file that makes it
      'packages/keyturn/src/posture/migrate/migrate-app.ts',
      'packages/keyturn/src/posture/provision/app-files.ts',
      // given to who reads it: a file, a program, a secret manager
      'packages/keyturn/src/destinations/',
      // a mail server's password or token; tokens compared; a TLS key; mail taken out of its sealed record
      'packages/keyturn/src/mailbox/',
      // a key is held against its certificate; a certificate is no secret
      'packages/keyturn/src/org/certificate-pem.ts',
      // a consumer key that a person brought is no secret
      'packages/keyturn/src/rotation/rotators/connected-app/brought.ts',
      // hashed; compared with a hash
      'packages/keyturn/src/broker/callers/caller-keys.ts',
      // handed to who asked: the caller of token(), the sf CLI's own store
      'packages/tokens/src/token/serve.ts',
      'packages/tokens/src/adapters/share-with-sf.ts',
    ],
    instead: 'pass the Secret on; it leaves its box only where it is sent or sealed',
  },
  {
    what: 'throw new Error',
    pattern: /\bnew (Type|Range|Syntax)?Error\(/,
    files: tokens,
    except: [],
    instead: "KeyturnError with a code of errors.ts ('DEFECT' for what cannot happen)",
  },
  {
    what: 'process.env',
    pattern: /\bprocess\.env\b/,
    files: source,
    except: [
      'packages/keyturn/src/commands/',
      'packages/keyturn/src/demo/',
      'packages/keyturn/src/settings.ts',
      // the default of `OpenOptions.env`
      'packages/tokens/src/keyturn.ts',
      // PGPASSFILE belongs with PGHOST, PGPASSWORD and the like, which `pg` reads by itself
      'packages/tokens/src/store/password-file.ts',
      // the references env:NAME and KEYTURN_MASTER_KEY
      'packages/tokens/src/store/reference.ts',
      'packages/tokens/src/store/master-key.ts',
    ],
    instead: 'take the value as an argument; configuration is read in one place',
  },
  {
    what: 'a path of one machine',
    pattern: /(?<![\w.$}~-])\/(work|root|home)\/[\w.]|(?<![\w.$}~-])\/tmp\/\w/,
    files: text,
    except: [],
    instead: 'a relative path, os.tmpdir(), or a folder that is passed in',
    comments: true,
  },
  {
    what: 'a registry host in the lock file',
    pattern: /"resolved": "(https?|git)/,
    files: /^package-lock\.json$/,
    except: [],
    instead: 'npm install with the .npmrc of this repository (omit-lockfile-registry-resolved)',
    comments: true,
  },
  {
    what: '.only',
    pattern: /\b(test|it|describe|suite|t)\.only\(|\bonly: true\b/,
    files: /\.test\.ts$/,
    except: [],
    instead: 'npm test -- FILE --name=REGEX',
  },
  {
    what: 'sleeping for luck in a test',
    pattern: /\bsetTimeout\(\s*\w+\s*,\s*\d{3,}\s*\)/,
    files: /\.test\.ts$/,
    except: [],
    instead: 'poll a condition with a limit',
  },
  {
    what: 'a TODO',
    pattern: /\b(TODO|FIXME|XXX|HACK)\b/,
    files: /\.(ts|js|mjs)$/,
    except: [],
    instead: 'do it, or open an issue',
    comments: true,
  },
  {
    what: 'a switched-off check without its reason',
    pattern: /(oxlint|eslint)-disable(?!.*-- \w)|@ts-(ignore|nocheck)|@ts-expect-error(?! \w)|prettier-ignore/,
    files: /\.(ts|js|mjs)$/,
    except: [],
    instead: '`-- reason` after the rule, or no exception',
    comments: true,
  },
  {
    what: 'a private key or a token that looks real',
    pattern:
      /-----BEGIN (RSA |EC |ENCRYPTED )?PRIVATE KEY-----\\?n?[A-Za-z0-9+/=]{20}|\bgh[pousr]_[A-Za-z0-9]{30,}|\bAKIA[0-9A-Z]{16}\b|\b00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{60,}|\b5Aep[A-Za-z0-9._]{70,}/,
    files: /./,
    except: [],
    instead: 'make it at run time',
    comments: true,
  },
]

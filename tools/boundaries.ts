/**
 * Who may import whom: the table that `check-boundaries.ts` enforces and ARCHITECTURE.md explains.
 *
 * All rows whose folder contains a file apply to it; a file may always import from the row's own folder. A target is a
 * path from the root (a folder with its slash, or a file), `node:*` or one `node:` module, `npm` (any package that the
 * workspace's own package.json names), or one of our packages by name. `dynamic:` allows `await import()` only.
 * Type-only imports count: a type is knowledge, too. Tests may import everything.
 */
export interface Boundary {
  readonly folder: string
  /** The only targets; undefined: all but those of `never`. */
  readonly only?: readonly string[]
  readonly never?: readonly string[]
  readonly because: string
}

const tokens = 'packages/tokens/src'
const keyturn = 'packages/keyturn/src'

/** Capabilities of the CLI's package, lowest layer first: a layer imports from lower ones, siblings never each other. */
const layers: readonly (readonly string[])[] = [
  ['org', 'notify', 'usage', 'forensics', 'secret-managers', 'mailbox'],
  ['destinations'],
  ['rotation', 'posture', 'activity', 'leaks'],
  ['broker'],
]

const layered: readonly Boundary[] = layers.flatMap((layer, index) =>
  layer.map((name): Boundary => ({
    folder: `${keyturn}/${name}/`,
    never: [
      ...layers
        .slice(index)
        .flat()
        .filter((other) => other !== name)
        .map((other) => `${keyturn}/${other}/`),
      `${keyturn}/commands/`,
      `${keyturn}/demo/`,
    ],
    because: `${name}/ is on layer ${index + 1}: it imports from lower layers only, never from siblings or the commands`,
  })),
)

export const boundaries: readonly Boundary[] = [
  {
    folder: 'packages/simulator/',
    never: ['@keyturn/tokens', 'keyturn', 'packages/tokens/', 'packages/keyturn/'],
    because: 'a fake org built on the client it tests would share its mistakes',
  },
  {
    folder: 'packages/tokens/',
    never: ['@keyturn/simulator', 'keyturn', 'packages/simulator/', 'packages/keyturn/'],
    because: 'the library stands alone',
  },
  {
    folder: `${tokens}/protocol/`,
    only: [`${tokens}/errors.ts`],
    because: 'the protocol is pure: it is explored and executed as the same code, without I/O, clock or randomness',
  },
  {
    folder: `${tokens}/ledger/`,
    only: [`${tokens}/errors.ts`, `${tokens}/secret.ts`, 'node:crypto', 'node:util'],
    because: 'the ledger is pure: anybody must be able to verify one offline with nothing but this folder',
  },
  { folder: `${tokens}/wire/`, never: [`${tokens}/store/`], because: 'what speaks HTTP keeps no state' },
  { folder: `${tokens}/store/`, never: [`${tokens}/wire/`], because: 'what keeps state does not know what it is for' },
  ...layered,
  {
    folder: `${keyturn}/secret-managers/`,
    never: [...layers.flat().map((name) => `${keyturn}/${name}/`), `${keyturn}/commands/`, `${keyturn}/demo/`],
    because: 'clients of secret managers know nothing of what the secrets are for',
  },
  {
    folder: 'packages/keyturn/',
    never: ['packages/tokens/', 'packages/simulator/'],
    because: 'other packages are used through their public entries',
  },
  {
    folder: `${keyturn}/`,
    never: ['@keyturn/simulator'],
    because: 'the simulator is loaded on demand (await import), in sim/load-simulator.ts only',
  },
]

/** Exceptions to the rows above, each by file folder and target. */
export const exceptions: readonly { readonly folder: string; readonly target: string }[] = [
  { folder: `${keyturn}/sim/load-simulator.ts`, target: 'dynamic:@keyturn/simulator' },
]

/**
 * Logins summed by who, how and from where, in bounded memory: where there are more sums than that, addresses become
 * networks, at first of people's logins, then of all, and at last one address stands for all. What was folded is said.
 */
import type { LoginUse } from '../../facts.ts'

export interface LoginRow {
  readonly user: string
  readonly type: string
  readonly subType: string | null
  readonly application: string | null
  readonly client: string | null
  /** Where it logged in. */
  readonly host: string | null
  readonly address: string
  readonly worked: boolean
  readonly at: number
}

interface Sum {
  worked: number
  failed: number
  last: number
}

interface LoginSums {
  add(login: LoginRow): void
  uses(): readonly LoginUse[]
  /** Which addresses are networks by now: none, those of people, all; or gone. */
  folded(): Folding
}

const foldings = ['none', 'people', 'all', 'gone'] as const
type Folding = (typeof foldings)[number]

/** /24, or /48. */
const networkOf = (address: string): string => {
  if (address.includes('/') || address === '*') return address
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`
  return address.includes(':') ? `${address.split(':').slice(0, 3).join(':')}::/48` : address
}

const isPersons = (type: string): boolean => !/^(Remote Access|Other Apex API|Partner Product)/.test(type)

const foldAddress = (folding: Folding, type: string, address: string): string => {
  if (folding === 'none' || (folding === 'people' && !isPersons(type))) return address
  return folding === 'gone' ? '*' : networkOf(address)
}

/** Texts by number: hundreds of thousands of rows name the same few users, apps and addresses. */
const createNames = (): { numberOf(text: string): number; textOf(number: number): string } => {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  return {
    numberOf(text) {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      texts.push(text)
      return texts.length - 1
    },
    textOf: (number) => texts[number] ?? '',
  }
}

export const createLoginSums = (most: number): LoginSums => {
  const names = createNames()
  let sums = new Map<string, Sum>()
  let folding: Folding = 'none'

  const keyOf = (parts: readonly string[]): string => parts.map(names.numberOf).join(' ')
  const partsOf = (key: string): readonly string[] => key.split(' ').map((number) => names.textOf(Number(number)))
  const put = (to: Map<string, Sum>, key: string, { worked, failed, last }: Sum): void => {
    const sum = to.get(key)
    if (sum === undefined) to.set(key, { worked, failed, last })
    else {
      sum.worked += worked
      sum.failed += failed
      sum.last = Math.max(sum.last, last)
    }
  }
  const fold = (): void => {
    folding = foldings[foldings.indexOf(folding) + 1] ?? 'gone'
    const folded = new Map<string, Sum>()
    for (const [key, sum] of sums) {
      const parts = partsOf(key)
      put(folded, keyOf([...parts.slice(0, -1), foldAddress(folding, parts[1] ?? '', parts.at(-1) ?? '')]), sum)
    }
    sums = folded
  }
  return {
    add({ user, type, subType, application, client, host, address, worked, at }) {
      const key = keyOf([
        user,
        type,
        subType ?? '',
        application ?? '',
        client ?? '',
        host ?? '',
        foldAddress(folding, type, address),
      ])
      put(sums, key, { worked: Number(worked), failed: Number(!worked), last: at })
      while (sums.size > most && folding !== 'gone') fold()
    },
    uses: () =>
      [...sums].map(([key, sum]): LoginUse => {
        const [user = '', type = '', subType = '', application = '', client = '', host = '', address = ''] =
          partsOf(key)
        const orNull = (text: string): string | null => (text === '' ? null : text)
        return {
          user,
          type,
          subType: orNull(subType),
          application: orNull(application),
          client: orNull(client),
          host: orNull(host),
          address,
          ...sum,
        }
      }),
    folded: () => folding,
  }
}

/** Opens the store, does the work and closes it again, whatever happens. */
import { openKeyturn } from '@keyturn/tokens'
import type { Keyturn, OpenOptions } from '@keyturn/tokens'
import type { ExchangeCompanion } from '@keyturn/tokens/salesforce-core'
import { openOptions, requireStore } from '../settings.ts'
import type { Settings } from '../settings.ts'

/** For grants that are shared with the sf CLI; @salesforce/core is loaded when such a grant exchanges, not before. */
const sfCli: ExchangeCompanion = {
  scheme: 'sf',
  begin: async (grant) => {
    const { sfCompanion } = await import('@keyturn/tokens/salesforce-core')
    return sfCompanion().begin(grant)
  },
}

export const withOpened = async <T>(
  settings: Settings,
  work: (keyturn: Keyturn, settings: Settings) => Promise<T>,
  more: Pick<OpenOptions, 'lostHostAfter' | 'sweepEvery'> = {},
): Promise<T> => {
  requireStore(settings)
  const keyturn = await openKeyturn({ ...openOptions(settings), ...more, companions: [sfCli] })
  try {
    return await work(keyturn, settings)
  } finally {
    await keyturn.close()
  }
}

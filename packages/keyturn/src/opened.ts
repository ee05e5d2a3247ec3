/** Opens the store, does the work and closes it again, whatever happens. */
import { openKeyturn } from '@keyturn/tokens'
import type { Keyturn } from '@keyturn/tokens'
import { openOptions, requireStore } from './settings.ts'
import type { Settings } from './settings.ts'

export const withOpened = async <T>(
  settings: Settings,
  work: (keyturn: Keyturn, settings: Settings) => Promise<T>,
): Promise<T> => {
  requireStore(settings)
  const keyturn = await openKeyturn(openOptions(settings))
  try {
    return await work(keyturn, settings)
  } finally {
    await keyturn.close()
  }
}

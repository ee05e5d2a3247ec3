/** The channels of `notify:`, opened for as long as the work lasts. */
import { resolve } from 'node:path'
import { systemClock } from '@keyturn/tokens'
import type { Store } from '@keyturn/tokens'
import { lazyNetwork } from '@keyturn/tokens/maintenance'
import { openNotifier } from '../notify/notify.ts'
import type { Notifier, NotifierParts } from '../notify/notify.ts'
import { notifySettings } from '../notify/notify-settings.ts'
import { openOptions } from '../settings.ts'
import type { Settings } from '../settings.ts'

export const withNotifier = async <T>(
  settings: Settings,
  { store, log }: { readonly store: Store; readonly log: NotifierParts['log'] },
  work: (notifier: Notifier) => Promise<T>,
): Promise<T> => {
  const { config, folder, env } = settings
  const caFile = config.caFile === undefined ? {} : { caFile: resolve(folder, config.caFile) }
  const network = lazyNetwork({ clock: systemClock, env, ...caFile })
  const { resolvers } = openOptions(settings)
  try {
    return await work(
      openNotifier({
        ...{ settings: notifySettings(config.notify, folder), store, clock: systemClock, network, log, env },
        ...(resolvers === undefined ? {} : { resolvers }),
      }),
    )
  } finally {
    network.close()
  }
}

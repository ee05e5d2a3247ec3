/** The simulator is a package of its own, loaded on demand: a published installation may lack it. */
import { KeyturnError } from '@keyturn/tokens'

const simulatorPackage = async () =>
  import('@keyturn/simulator').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new KeyturnError('DRIVER_MISSING', 'This needs a simulated org, and @keyturn/simulator cannot be found', {
      fix: 'npm install --save-dev @keyturn/simulator',
    })
  })

/** Throws DRIVER_MISSING when @keyturn/simulator isn't installed. */
export const loadSimulator = async () => (await simulatorPackage()).startSimulator

/** Ready-made orgs that the simulator can start with. */
export const scenarioNames = ['legacy-company'] as const

export const loadScenario = async (name: (typeof scenarioNames)[number]) => (await simulatorPackage()).scenario(name)

export type Simulator = Awaited<ReturnType<Awaited<ReturnType<typeof loadSimulator>>>>

/**
 * jsforce 1.11.1 and 2.0.0-beta.29, which still run in many integrations. Together they weigh 126 MB and a hundred
 * packages, so they are installed beside the project for the long run only.
 */
import { join } from 'node:path'
import { installBeside } from '../../../../tools/install-beside.ts'
import { connectionOf } from './jsforce-clients.ts'
import { jsforceSuite } from './jsforce-suite.ts'

const versions = { jsforce1: '1.11.1', jsforce2: '2.0.0-beta.29' }

const folder = installBeside(
  'older-jsforce',
  Object.entries(versions).map(([alias, version]) => `${alias}@npm:jsforce@${version}`),
)

for (const [alias, version] of Object.entries(versions)) {
  jsforceSuite({ title: `jsforce ${version}`, load: () => connectionOf(alias, join(folder, 'package.json')) })
}

/** @salesforce/core before 9.2, installed beside: it reads the new refresh token and writes the old one back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installBeside } from '../../../../tools/install-beside.ts'
import { allPass, rehearseSample, whysOf } from './rehearsing.ts'

test('@salesforce/core 9.1.7 loses its access where 9.4.0 keeps it', async (t) => {
  const folder = installBeside('core-9.1.7', ['@salesforce/core@9.1.7'])
  const found = await rehearseSample(t, 'salesforce-core', { env: { CORE_FROM: folder } })
  assert.deepEqual(
    found.verdicts,
    {
      ...allPass,
      'reads-new-token': 'fail',
      'stores-before-use': 'fail',
      'one-exchange-across-processes': 'fail',
      'survives-restart': 'fail',
      'survives-lost-answer': 'fail',
      'no-storm': 'fail',
    },
    whysOf(found),
  )
})

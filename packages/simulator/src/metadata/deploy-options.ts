/** DeployOptions as they come: texts in SOAP, JSON values in REST. */
import type { DeployOptions } from './deploy.ts'
import { isNode, listOf, plainText } from './xml.ts'

export function deployOptionsOf(value: unknown): DeployOptions {
  const given = isNode(value) ? value : {}
  const flag = (name: string): boolean => plainText(given[name]) === 'true'
  const testLevel = plainText(given['testLevel'])
  return {
    allowMissingFiles: flag('allowMissingFiles'),
    autoUpdatePackage: flag('autoUpdatePackage'),
    checkOnly: flag('checkOnly'),
    ignoreWarnings: flag('ignoreWarnings'),
    performRetrieve: flag('performRetrieve'),
    purgeOnDelete: flag('purgeOnDelete'),
    rollbackOnError: flag('rollbackOnError'),
    runTests: listOf(given['runTests']).map(plainText),
    singlePackage: flag('singlePackage'),
    testLevel: testLevel === '' ? null : testLevel,
  }
}

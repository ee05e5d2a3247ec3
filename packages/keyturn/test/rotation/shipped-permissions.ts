/** The permissions of a permission set that is shipped for a rotator: tests run with nothing else. */
import { readFileSync } from 'node:fs'

export const shipped = (rotator: string): readonly string[] => {
  const name = `Keyturn_Rotator_${rotator}.permissionset-meta.xml`
  const text = readFileSync(new URL(`../../../../deploy/permission-sets/${name}`, import.meta.url), 'utf8')
  return [...text.matchAll(/<name>(\w+)<\/name>/g)].map(([, permission]) => permission ?? '')
}

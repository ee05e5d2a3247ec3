/** API versions: which this org speaks, which are retired, and the resources of one. */
import type { Answer, Call } from './call.ts'
import { prefixOf } from './call.ts'

const oldestVersion = 31
const newestVersion = 68

/** `Spring '26` is 66; three releases a year, the winter one named after the year that follows. */
function releaseLabel(version: number): string {
  const season = ['Spring', 'Summer', 'Winter'][version % 3] ?? ''
  const year = 26 + Math.floor((version - 66) / 3) + (version % 3 === 2 ? 1 : 0)
  return `${season} '${String(year).padStart(2, '0')}`
}

type VersionJudgement = 'spoken' | 'retired' | 'unknown'

export function judgeVersion(version: string): VersionJudgement {
  const number = Number(version)
  if (!/^\d+\.0$/.test(version) || number > newestVersion || number < 20) return 'unknown'
  return number < oldestVersion ? 'retired' : 'spoken'
}

export const versions = Array.from(
  { length: newestVersion - oldestVersion + 1 },
  (_, index) => oldestVersion + index,
).map((version) => ({ label: releaseLabel(version), url: `/services/data/v${version}.0`, version: `${version}.0` }))

export function resources(call: Call): Answer {
  const prefix = prefixOf(call)
  const names = ['composite', 'limits', 'query', 'queryAll', 'recent', 'sobjects', 'tooling']
  return {
    status: 200,
    body: {
      ...Object.fromEntries(names.map((name) => [name, `${prefix}/${name}`])),
      identity: `${call.baseUrl}/id/${call.org.id}/${call.session.userId}`,
    },
  }
}

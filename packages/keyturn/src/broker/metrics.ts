/**
 * Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), by hand: counters, gauges and
 * one histogram are thirty lines. Labels come from fixed sets (routes, codes, names of grants and callers that an
 * operator gave); a path or a header that somebody sends never becomes one, or anybody could fill the memory.
 */
type Labels = Readonly<Record<string, string>>

interface Family {
  readonly type: 'counter' | 'histogram'
  readonly help: string
  /** By the values of the labels: text is made when somebody reads it, not at each request. */
  readonly series: Map<string, Series>
}

interface Series {
  readonly labels: Labels
  /** A counter's value, or how many seconds were observed. */
  sum: number
  count: number
  /** Observations below each bound. */
  readonly buckets: number[]
}

export interface Metrics {
  count(name: string, help: string, labels?: Labels, by?: number): void
  /** The same for what is counted all the time: its series is looked for once. */
  counter(name: string, help: string, labels: Labels): () => void
  gauge(name: string, help: string, read: () => Iterable<readonly [Labels, number]>): void
  /** Seconds. */
  histogram(name: string, help: string, labels: Labels): (seconds: number) => void
  text(): string
}

const bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const

const escaped = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)

const written = (name: string, labels: Labels): string => {
  const inside = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)
  return inside.length === 0 ? name : `${name}{${inside.join(',')}}`
}

const seriesOf = ({ series }: Family, labels: Labels): Series => {
  let key = ''
  for (const value of Object.values(labels)) key += `${value}\0`
  const known = series.get(key)
  if (known !== undefined) return known
  const fresh: Series = { labels, sum: 0, count: 0, buckets: bounds.map(() => 0) }
  series.set(key, fresh)
  return fresh
}

const linesOf = (name: string, { type }: Family, { labels, sum, count, buckets }: Series): readonly string[] => {
  if (type === 'counter') return [`${written(name, labels)} ${sum}`]
  const bucket = (le: string, value: number): string => `${written(`${name}_bucket`, { ...labels, le })} ${value}`
  return [
    ...buckets.map((value, index) => bucket(String(bounds[index]), value)),
    bucket('+Inf', count),
    `${written(`${name}_sum`, labels)} ${sum}`,
    `${written(`${name}_count`, labels)} ${count}`,
  ]
}

export const openMetrics = (): Metrics => {
  const families = new Map<string, Family>()
  const gauges = new Map<string, { readonly help: string; readonly read: () => Iterable<readonly [Labels, number]> }>()
  const familyOf = (name: string, type: Family['type'], help: string): Family => {
    const known = families.get(name)
    if (known !== undefined) return known
    const family: Family = { type, help, series: new Map() }
    families.set(name, family)
    return family
  }
  return {
    count: (name, help, labels = {}, by = 1) => {
      seriesOf(familyOf(name, 'counter', help), labels).sum += by
    },
    counter: (name, help, labels) => {
      const series = seriesOf(familyOf(name, 'counter', help), labels)
      return () => void (series.sum += 1)
    },
    gauge: (name, help, read) => void gauges.set(name, { help, read }),
    histogram: (name, help, labels) => {
      const series = seriesOf(familyOf(name, 'histogram', help), labels)
      return (seconds) => {
        series.sum += seconds
        series.count += 1
        for (let index = bounds.length - 1; index >= 0 && seconds <= (bounds[index] ?? 0); index--)
          series.buckets[index] = (series.buckets[index] ?? 0) + 1
      }
    },
    text: () => {
      const lines: string[] = []
      for (const [name, family] of families) {
        lines.push(`# HELP ${name} ${family.help}`, `# TYPE ${name} ${family.type}`)
        for (const series of family.series.values()) lines.push(...linesOf(name, family, series))
      }
      for (const [name, { help, read }] of gauges) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`)
        for (const [labels, value] of read()) lines.push(`${written(name, labels)} ${value}`)
      }
      return `${lines.join('\n')}\n`
    },
  }
}

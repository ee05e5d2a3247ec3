/**
 * Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/), by hand: counters, gauges and
 * one histogram are thirty lines. Labels come from fixed sets (routes, codes, names of grants and callers that an
 * operator gave); a path or a header that somebody sends never becomes one, or anybody could fill the memory.
 */
type Labels = Readonly<Record<string, string>>

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly values: Map<string, number>
}

export interface Metrics {
  count(name: string, help: string, labels?: Labels, by?: number): void
  gauge(name: string, help: string, read: () => Iterable<readonly [Labels, number]>): void
  /** Seconds. */
  observe(name: string, help: string, seconds: number, labels?: Labels): void
  text(): string
}

const bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30] as const

const escaped = (text: string): string =>
  text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)

const keyOf = (name: string, labels: Labels): string => {
  const inside = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`)
  return inside.length === 0 ? name : `${name}{${inside.join(',')}}`
}

export const openMetrics = (): Metrics => {
  const families = new Map<string, Family>()
  const gauges = new Map<string, { readonly help: string; readonly read: () => Iterable<readonly [Labels, number]> }>()
  const familyOf = (name: string, type: Family['type'], help: string): Family => {
    const known = families.get(name)
    if (known !== undefined) return known
    const family: Family = { type, help, values: new Map() }
    families.set(name, family)
    return family
  }
  const add = ({ values }: Family, key: string, by: number): void => void values.set(key, (values.get(key) ?? 0) + by)
  return {
    count: (name, help, labels = {}, by = 1) => add(familyOf(name, 'counter', help), keyOf(name, labels), by),
    gauge: (name, help, read) => void gauges.set(name, { help, read }),
    observe: (name, help, seconds, labels = {}) => {
      const family = familyOf(name, 'histogram', help)
      for (const bound of bounds)
        add(family, keyOf(`${name}_bucket`, { ...labels, le: String(bound) }), seconds <= bound ? 1 : 0)
      add(family, keyOf(`${name}_bucket`, { ...labels, le: '+Inf' }), 1)
      add(family, keyOf(`${name}_sum`, labels), seconds)
      add(family, keyOf(`${name}_count`, labels), 1)
    },
    text: () => {
      const lines: string[] = []
      for (const [name, { type, help, values }] of families) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
        for (const [key, value] of values) lines.push(`${key} ${value}`)
      }
      for (const [name, { help, read }] of gauges) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`)
        for (const [labels, value] of read()) lines.push(`${keyOf(name, labels)} ${value}`)
      }
      return `${lines.join('\n')}\n`
    },
  }
}

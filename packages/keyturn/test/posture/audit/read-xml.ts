/** A strict little reader of the XML that JUnit reports are: throws where it isn't well-formed. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
}

const attribute = /\s+([\w:-]+)="([^"<]*)"/gy

export const readXml = (text: string): Element => {
  const body = text.replace(/^<\?xml [^?]*\?>\s*/, '')
  const open: Element[] = [{ name: '', attributes: {}, children: [] }]
  const token = /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy
  let at = 0
  while (at < body.length) {
    token.lastIndex = at
    const found = token.exec(body)
    if (found === null) throw new Error(`not well-formed at ${at}: ${body.slice(at, at + 60)}`)
    at = token.lastIndex
    const [, closing, name = '', inside = '', empty, words] = found
    if (words !== undefined || inside !== '') {
      const stray = /&(?!#\d+;)/.exec(words ?? inside)
      if (stray !== null) throw new Error(`a bare ampersand: ${(words ?? inside).slice(stray.index, stray.index + 20)}`)
    }
    if (words !== undefined) continue
    if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes something else`)
      continue
    }
    const attributes = Object.fromEntries([...inside.matchAll(attribute)].map(([, key, value]) => [key, value]))
    const element: Element = { name, attributes: attributes as Record<string, string>, children: [] }
    open.at(-1)?.children.push(element)
    if (empty !== '/') open.push(element)
  }
  const [root] = open[0]?.children ?? []
  if (open.length !== 1 || root === undefined) throw new Error('something was left open')
  return root
}

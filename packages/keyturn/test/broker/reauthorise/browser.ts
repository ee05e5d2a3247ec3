/** A browser: cookies, the simulator's own login pages, redirects only where the test says so. */
import assert from 'node:assert/strict'
import type { Simulator } from '@keyturn/simulator'
import type { Ask, Told } from '../hall/hall.ts'
import { USER } from './scene.ts'

const headerOf = (answer: Told, name: string): string => {
  const value = answer.headers[name]
  return Array.isArray(value) ? (value[0] ?? '') : (value ?? '')
}

export interface Browser {
  /** Presses the button; where Salesforce's page is. */
  press(link: string): Promise<URL>
  /** Logs in and approves on the simulator's pages, as a person; where that leads back to. */
  approve(authorize: URL, user: string, decision?: 'allow' | 'deny'): Promise<string>
  /** Salesforce sends the browser here; the page after the redirect that hides the code. `at`: another replica. */
  arrive(callback: string, at?: string): Promise<Told & { readonly first: Told }>
  /** Everything. */
  signIn(link: string, user?: string, decision?: 'allow' | 'deny'): Promise<Told & { readonly first: Told }>
}

export const openBrowser = (scene: {
  readonly sim: Simulator
  ask(url: string, how?: Ask): Promise<Told>
}): Browser => {
  const jar = new Map<string, string>()
  const cookie = (): Record<string, string> =>
    jar.size === 0 ? {} : { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }
  const post = (fields: Readonly<Record<string, string>>) => ({
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual' as const,
  })
  const moved = (address: string, at: string | undefined): string =>
    at === undefined ? address : address.replace(new URL(address).origin, at)
  const press: Browser['press'] = async (link) => {
    const begun = await scene.ask(link, {
      method: 'POST',
      headers: { ...cookie(), 'content-type': 'application/x-www-form-urlencoded' },
    })
    assert.equal(begun.status, 303, begun.text)
    const [pair = ''] = headerOf(begun, 'set-cookie').split(';')
    jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    return new URL(headerOf(begun, 'location'))
  }
  const approve: Browser['approve'] = async (authorize, user, decision = 'allow') => {
    const password = scene.sim.orgs[0]?.users.find(({ username }) => username === user)?.password ?? ''
    const page = await fetch(authorize)
    assert.match(await page.text(), /Log In/)
    const fields = Object.fromEntries(authorize.searchParams)
    const action = `${scene.sim.url}/services/oauth2/authorize`
    const asked = await fetch(action, post({ ...fields, step: 'login', username: user, pw: password }))
    const html = await asked.text()
    assert.match(html, /Allow Access/, html)
    const ticket = /name="ticket" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const decided = await fetch(action, post({ ...fields, ticket, step: decision }))
    return decided.headers.get('location') ?? ''
  }
  const arrive: Browser['arrive'] = async (callback, at) => {
    const first = await scene.ask(moved(callback, at), { headers: cookie() })
    if (first.status !== 303) return { ...first, first }
    return { ...(await scene.ask(moved(headerOf(first, 'location'), at), { headers: cookie() })), first }
  }
  return {
    press,
    approve,
    arrive,
    signIn: async (link, user = USER, decision = 'allow') => arrive(await approve(await press(link), user, decision)),
  }
}

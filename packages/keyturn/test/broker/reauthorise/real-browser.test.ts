/**
 * The sign-in as a person does it, in a real browser: what only a browser decides (form-action over the redirect to
 * Salesforce, SameSite and __Host- cookies on the way back, a private CA), and how the pages look.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { systemClock } from '@keyturn/tokens'
import { freePort } from '../../../../../test/free-port.ts'
import { makeCertificates } from '../../../src/broker/certificates.ts'
import { openChromium, whyNoChromium, whyNoTrust } from './chromium.ts'
import type { Page } from './chromium.ts'
import { until } from '../hall/hall.ts'
import { openScene, OTHER, USER } from './scene.ts'
import type { Scene } from './scene.ts'

/** KEYTURN_SCREENSHOTS=FOLDER keeps what the pages look like, for a person to see. */
const shoot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env['KEYTURN_SCREENSHOTS']
  if (folder === undefined) return
  mkdirSync(folder, { recursive: true })
  for (const [suffix, width, height, dark] of [
    ['', 1000, 820, false],
    ['-dark', 1000, 820, true],
    ['-narrow', 340, 900, false],
    ['-narrow-dark', 340, 900, true],
  ] as const) {
    await page.look({ width, height, dark })
    writeFileSync(join(folder, `${name}${suffix}.png`), await page.screenshot())
  }
}

/** Contrast of an element's text with what is behind it (WCAG 2.2, 1.4.3). */
const contrast = (selector: string): string => `(() => {
  const channels = (colour) => {
    const probe = document.createElement('i')
    probe.style.color = colour
    document.body.append(probe)
    const [r, g, b, a = 1] = getComputedStyle(probe).color.match(/[\\d.]+/g).map(Number)
    probe.remove()
    return [r, g, b, a]
  }
  const light = (parts) => parts
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
  const element = document.querySelector(${JSON.stringify(selector)})
  let behind = [0, 0, 0, 0]
  for (let at = element; at && behind[3] === 0; at = at.parentElement)
    behind = channels(getComputedStyle(at).backgroundColor)
  if (behind[3] === 0) behind = channels('Canvas')
  const { color, opacity } = getComputedStyle(element)
  const mixed = channels(color).slice(0, 3).map((v, i) => v * opacity + behind[i] * (1 - opacity))
  const [a, b] = [light(mixed), light(behind.slice(0, 3))].sort((x, y) => y - x)
  return (a + 0.05) / (b + 0.05)
})()`

const readable = async (page: Page, selectors: readonly string[]): Promise<void> => {
  for (const [width, dark] of [
    [1000, false],
    [1000, true],
    [320, false],
    [320, true],
  ] as const) {
    await page.look({ width, height: 900, dark })
    assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${width} px wide`)
    for (const selector of selectors) {
      const ratio = Number(await page.evaluate(contrast(selector)))
      assert.ok(ratio >= 4.5, `${selector}, ${dark ? 'dark' : 'light'}: ${ratio}`)
    }
  }
}

/** What the org's own pages make a browser complain of (no icon) is not ours. */
const complaintsOf = (page: Page, { sim }: Scene): readonly string[] =>
  page.complaints.filter((text) => !text.includes(`"url":"${sim.url}`))

const passwordOf = ({ sim }: Scene, user: string): string =>
  sim.orgs[0]?.users.find(({ username }) => username === user)?.password ?? ''

/** From the link's page over Salesforce's pages back to it. */
const signIn = async (page: Page, scene: Scene, link: string, user = USER): Promise<void> => {
  await page.goto(link)
  await page.press('form button')
  assert.equal(new URL(await page.url()).host, new URL(scene.sim.url).host, 'the policy lets the form go to Salesforce')
  await page.fill('[name=username]', user)
  await page.fill('[name=pw]', passwordOf(scene, user))
  await page.press('form [type=submit], form button')
  assert.match(await page.text(), /Allow Access/)
  await page.press('[value=allow]')
  assert.equal(await page.url(), link, 'and back, with the code out of the address')
}

const secureScene = async (t: TestContext): Promise<{ readonly scene: Scene; readonly ca: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'browser-tls-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const names = ['localhost']
  const { ca } = await makeCertificates({ folder, names, clients: [], clock: systemClock, random: randomBytes })
  const port = await freePort()
  const publicUrl = `https://localhost:${port}`
  const tls = { cert: join(folder, 'server.pem'), key: `file:${join(folder, 'server.key')}` }
  const scene = await openScene(t, { section: { listen: [{ port, tls }], publicUrl } })
  scene.sim.control.changeApp({ app: 'Web', callbacks: [`${publicUrl}/reauthorise/callback`] })
  return { scene, ca }
}

test('over loopback HTTP a person signs in with a real browser', { skip: whyNoChromium }, async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const [page, link] = [await openChromium(t), await scene.link()]
  await page.goto(link)
  await shoot(page, 'sign-in')
  await readable(page, ['h1', 'p', 'dt', 'dd', 'button', 'small'])
  await signIn(page, scene, link)
  assert.match(await page.text(), /lives again/)
  assert.equal(await scene.status(), 'live')
  await shoot(page, 'done')
  await readable(page, ['h1', 'p'])
  assert.deepEqual(complaintsOf(page, scene), [])
})

test('over HTTPS with the private CA, and a cookie that is bound to the host', { skip: whyNoTrust }, async (t) => {
  const { scene, ca } = await secureScene(t)
  await scene.die()
  const [page, link] = [await openChromium(t, { trust: ca }), await scene.link()]
  assert.match(link, /^https:/)
  await signIn(page, scene, link)
  assert.match(await page.text(), /lives again/)
  assert.equal(await scene.status(), 'live')
  assert.equal(await page.evaluate('isSecureContext'), true)
  assert.equal(await page.evaluate('document.cookie'), '', 'no script could read the cookie')
  assert.deepEqual(complaintsOf(page, scene), [])
})

test('a browser that does not know the CA shows no page of ours', { skip: whyNoTrust }, async (t) => {
  const { scene } = await secureScene(t)
  await scene.die()
  const [page, link] = [await openChromium(t), await scene.link()]
  await page.goto(link)
  assert.match(await page.text(), /ERR_CERT_AUTHORITY_INVALID/)
})

test(
  'the wrong user, and a second browser, are told so in a page that can be read',
  { skip: whyNoChromium },
  async (t) => {
    const scene = await openScene(t)
    await scene.die()
    const [page, link] = [await openChromium(t), await scene.link()]
    await signIn(page, scene, link, OTHER)
    assert.match(await page.text(), /Sign in as the user named below/)
    await shoot(page, 'wrong-user')
    await readable(page, ['h1', '[role=alert] p', 'button'])
    await page.goto(`${new URL(link).origin}/reauthorise/callback?code=x&state=stolen`)
    assert.match(await page.text(), /belongs to no sign-in/)
    await page.goto(`${link}x`)
    assert.match(await page.text(), /can’t be used/)
    await shoot(page, 'no-link')
    await readable(page, ['h1', 'p'])
  },
)

test('the policy lets the form go nowhere else, and nothing run', { skip: whyNoChromium }, async (t) => {
  const scene = await openScene(t)
  await scene.die()
  const [page, link] = [await openChromium(t), await scene.link()]
  await page.goto(link)
  // As if somebody had brought markup of his own into the page.
  await page.evaluate(`(() => {
    const script = document.createElement('script'); script.textContent = 'window.ran = true'
    document.body.append(script)
    const image = new Image(); image.src = '${scene.sim.url}/stolen'; document.body.append(image)
    const form = document.querySelector('form'); form.action = 'http://127.0.0.1:1/stolen'; form.submit()
  })()`)
  const told = (): readonly string[] => page.complaints.filter((text) => text.includes('Content Security Policy'))
  await until('the browser complains of all three', () => told().length >= 3)
  assert.equal(await page.evaluate('window.ran'), undefined)
  assert.equal(await page.url(), link)
  for (const directive of ['script-src', 'img-src', 'form-action'])
    assert.ok(
      told().some((text) => text.includes(directive) || text.includes('default-src')),
      directive,
    )
})

/**
 * GitHub's endpoints for Actions secrets, as its REST documentation describes them. Sealed boxes are opened here with the
 * private key, as GitHub does; nobody else gets a value back.
 */
import type { TestContext } from 'node:test'
import sodium from 'libsodium-wrappers'
import { serveJson } from './serve-json.ts'

export const githubServer = async (t: TestContext) => {
  await sodium.ready
  let pair = sodium.crypto_box_keypair()
  let keyId = '568250167242549743'
  const values = new Map<string, string>()
  const rights = { read: true, write: true }
  const served = await serveJson(t, ({ method, path, headers, body }) => {
    const missing = { status: 404, body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' } }
    if (headers.authorization !== 'Bearer ghp_test') return { status: 401, body: { message: 'Bad credentials' } }
    if (headers['x-github-api-version'] === undefined || headers['user-agent'] === undefined)
      return { status: 403, body: { message: 'Request forbidden by administrative rules.' } }
    const place = /^\/repos\/acme\/app\/(actions|environments\/production)\/secrets\/([\w-]+)$/.exec(path)
    if (place === null || !rights.read) return missing
    if (method === 'GET' && place[2] === 'public-key')
      return { status: 200, body: { key_id: keyId, key: Buffer.from(pair.publicKey).toString('base64') } }
    if (method !== 'PUT') return missing
    if (!rights.write) return { status: 403, body: { message: 'Resource not accessible by personal access token' } }
    if (body.key_id !== keyId) return { status: 422, body: { message: 'Invalid public key' } }
    const sealed = Buffer.from(body.encrypted_value, 'base64')
    const opened = sodium.crypto_box_seal_open(sealed, pair.publicKey, pair.privateKey)
    const name = `${place[1]}/${place[2]}`
    const status = values.has(name) ? 204 : 201
    values.set(name, Buffer.from(opened).toString('utf8'))
    return status === 201 ? { status, body: {} } : { status }
  })
  return Object.assign(served, {
    values,
    rights,
    newKey: () => {
      pair = sodium.crypto_box_keypair()
      keyId = `${keyId}1`
    },
  })
}

/** A call by jsforce with the errors of every other: what the org said, or that it did not answer. */
import { KeyturnError } from '@keyturn/tokens'

interface JsforceError {
  readonly errorCode?: unknown
  readonly message?: unknown
}

const passing =
  /^(sf:)?(REQUEST_LIMIT_EXCEEDED|SERVER_UNAVAILABLE|UNABLE_TO_LOCK_ROW|UNKNOWN_EXCEPTION|ERROR_HTTP_(5\d\d|429))/

/** Throws ORG_REFUSED, ORG_UNAVAILABLE, or what Keyturn itself threw under way. */
export const jsforceCall = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof KeyturnError) throw error
    const { errorCode, message } = error as JsforceError
    const text = typeof message === 'string' ? message : 'no answer'
    if (typeof errorCode !== 'string') throw new KeyturnError('ORG_UNAVAILABLE', `${what}: ${text}`, { cause: error })
    const code = errorCode.replace(/^[a-z]+:/, '')
    // A page for people instead of a fault: its status says all there is.
    const said = code.startsWith('ERROR_HTTP_') ? `HTTP ${code.slice('ERROR_HTTP_'.length)}` : text
    throw new KeyturnError(passing.test(errorCode) ? 'ORG_UNAVAILABLE' : 'ORG_REFUSED', `${what}: ${said}`, {
      data: { errorCode: code },
    })
  }
}

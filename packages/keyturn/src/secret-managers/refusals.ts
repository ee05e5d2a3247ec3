/** The errors of everything that is asked over a network for a value or given one: four codes, the place named. */
import { KeyturnError } from '@keyturn/tokens'

export const notReady = (text: string, fix?: string): KeyturnError =>
  new KeyturnError('DESTINATION_NOT_READY', text, fix === undefined ? {} : { fix })

export const refused = (text: string, fix?: string): KeyturnError =>
  new KeyturnError('DESTINATION_REFUSED', text, fix === undefined ? {} : { fix })

export const unreachable = (text: string, fix?: string): KeyturnError =>
  new KeyturnError('DESTINATION_UNREACHABLE', text, fix === undefined ? {} : { fix })

export const changed = (text: string, fix?: string): KeyturnError =>
  new KeyturnError('DESTINATION_CHANGED', text, fix === undefined ? {} : { fix })

/** A failure of our own wire in the words of a destination; anything else as it is. */
export const asUnreachable = (error: unknown): unknown =>
  error instanceof KeyturnError && (error.code === 'ENDPOINT_UNREACHABLE' || error.code === 'ANSWER_UNREADABLE')
    ? unreachable(error.message)
    : error

/** A refusal in the shape of the REST API: always an array of objects, with a code programs match on. */
export class ApiError extends Error {
  readonly status: number
  readonly errorCode: string
  readonly fields: readonly string[] | undefined

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.errorCode = errorCode
    this.fields = fields
  }
}

export const notFound = (message = 'The requested resource does not exist'): ApiError =>
  new ApiError(404, 'NOT_FOUND', message)

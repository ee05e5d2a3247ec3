/** The token of an Authorization header: `Bearer` or Salesforce's own `OAuth`. */
import type { SimRequest } from '../route.ts'

export const bearerOf = (request: SimRequest): string | undefined =>
  /^(?:Bearer|OAuth)\s+(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1]

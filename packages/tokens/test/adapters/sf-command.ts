/** What an sf command does, in a process of its own: a query over the login in the file. Prints the number of records. */
import { sfConnection } from './sf-home.ts'
import { SOQL } from './jsforce-clients.ts'

const connection = await sfConnection(process.argv[2] ?? '')
process.stdout.write(String((await connection.query(SOQL)).totalSize))

/** `columns=true`: the columns of a query, in the shape that the sf CLI prints its tables from. */
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { asking, assertRefused, v66 } from './asking.ts'
import { listen, makeOrg, type Listening } from './test-org.ts'

let server: Listening
before(async () => {
  server = await listen(makeOrg())
})
after(() => server.close())

const { get } = asking(() => server)
const ask = (who: string, soql: string) => get(who, `${v66}/query?q=${encodeURIComponent(soql)}&columns=true`)

interface Column {
  readonly columnName: string
  readonly displayName: string
  readonly aggregate: boolean
  readonly apexType: string | null
  readonly foreignKeyName: string | null
  readonly insertable: boolean
  readonly joinColumns: readonly Column[]
}

/** `Name`, `Owner[Name]`, `Contacts*[LastName]`. */
const inShort = ({ columnName, aggregate, joinColumns }: Column): string =>
  `${columnName}${aggregate ? '*' : ''}${joinColumns.length === 0 ? '' : `[${joinColumns.map(inShort).join(' ')}]`}`

it('names fields, parents with their foreign keys, and subqueries', async () => {
  const { status, body } = await ask(
    'admin',
    'SELECT Id, name, Owner.Name, Owner.Profile.Name, (SELECT LastName, Account.Name FROM Contacts) FROM Account',
  )
  assert.equal(status, 200, JSON.stringify(body))
  const { columnMetadata, ...rest } = body as { columnMetadata: readonly Column[] }
  assert.deepEqual(columnMetadata.map(inShort), [
    'Id',
    'Name',
    'Owner[Name Profile[Name]]',
    'Contacts*[LastName Account[Name]]',
  ])
  assert.deepEqual(rest, { entityName: 'Account', groupBy: false, idSelected: true, keyPrefix: '001' })
  const [id, name, owner] = columnMetadata
  assert.deepEqual([id?.apexType, id?.insertable, name?.apexType, name?.insertable], ['Id', false, 'String', true])
  assert.deepEqual([owner?.apexType, owner?.foreignKeyName], [null, 'OwnerId'])
})

it('names aggregate functions by alias or number, and as they are shown', async () => {
  const { body } = await ask('admin', 'SELECT Industry, COUNT(Id), MAX(Name) biggest FROM Account GROUP BY Industry')
  const { columnMetadata, groupBy } = body as { columnMetadata: readonly Column[]; groupBy: boolean }
  assert.equal(groupBy, true)
  assert.deepEqual(
    columnMetadata.map(({ columnName, displayName, aggregate }) => [columnName, displayName, aggregate]),
    [
      ['Industry', 'Industry', false],
      ['expr0', 'count(Id)', true],
      ['biggest', 'max(Name)', true],
    ],
  )
  const counted = await ask('admin', 'SELECT COUNT() FROM Account')
  assert.deepEqual((counted.body as { columnMetadata: unknown }).columnMetadata, [])
})

it('refuses what the query itself would be refused for', async () => {
  assertRefused(await ask('admin', 'SELECT Nope FROM Account'), 400, 'INVALID_FIELD', /Nope/)
  assertRefused(await ask('bare', 'SELECT Id FROM Account'), 400, 'INVALID_TYPE', /Account/)
  assertRefused(await ask('admin', 'SELECT Id, (SELECT Id FROM Nopes) FROM Account'), 400, 'INVALID_TYPE', /Nopes/)
})

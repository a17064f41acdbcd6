import { mysqlSink } from '@tickets/sinks/mysql'
import { postgresSink } from '@tickets/sinks/postgres'
import { expect, test } from 'vitest'

const sinks = [
  ['mysql', (options: object) => mysqlSink({ url: 'mysql://app:s3cret@db/support', table: 't', ...options } as never)],
  ['postgres', (options: object) => postgresSink({ url: 'postgres://app:s3cret@db/support', table: 't', ...options } as never)],
] as const

test.each(sinks)('%s: a sink says its format and its target without user and password', (kind, sink) => {
  expect(sink({})).toMatchObject({ format: kind, target: expect.stringMatching(/^\w+:db:\d+\/support\/(public\/)?t$/) })
})

test.each(sinks)('%s: a table, a key or a mode that is none is refused at once', (_, sink) => {
  for (const options of [{ table: '' }, { table: '_tickets_guard' }, { table: 'a.b' }, { key: 7 }, { key: [7] }, { mode: 'replace' }])
    expect(() => sink(options)).toThrowError(expect.objectContaining({ code: 'OPTION_INVALID' }))
})

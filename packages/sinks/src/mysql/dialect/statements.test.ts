import { expect, test } from 'vitest'
import { createTable, move, onConflict } from './statements.ts'

const columns = ['id', 'v', 'revision'].map((name) => ({ name, value: `s.\`${name}\`` }))

test('a table is made with its number, its key and its unique indexes', () => {
  const column = { name: 'n', type: 'bigint', collation: null, nullable: false }
  expect(createTable({ name: 't', identity: 'id', columns: [column], unique: [['n']] })).toBe(
    'CREATE TABLE IF NOT EXISTS `t` (`id` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, `n` bigint NOT NULL, UNIQUE KEY (`n`)) ENGINE = InnoDB ROW_FORMAT = DYNAMIC',
  )
})

test('rows are added in their order, or merged by key in the order of keys', () => {
  const rows = { into: 't', columns, from: '`x`', key: [] }
  expect(move(rows)).toMatch(/WHERE s\._tickets_range = \? ORDER BY s\._tickets_row$/)
  expect(move({ ...rows, key: ['id'] })).toMatch(/ORDER BY s\.`id`, s\._tickets_row ON DUPLICATE KEY UPDATE `t`\.`v` = VALUES\(`v`\), /)
})

test('the column that decides goes last, since the others are compared with the old one', () => {
  const sql = move({ into: 't', columns, from: '`x`', key: ['id'], newest: 'revision' })
  expect(sql).toMatch(/`t`\.`v` = IF\(VALUES\(`revision`\) >= `t`\.`revision`, .*, `t`\.`revision` = GREATEST\(/)
})

test('without changes a row that is there stays as it is', () => {
  expect(onConflict('t', ['id'], [])).toBe('ON DUPLICATE KEY UPDATE `t`.`id` = `t`.`id`')
})

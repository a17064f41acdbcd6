import { expect, test } from 'vitest'
import { allAs, isWithin, joinMarks, marksAt, type PersonalMarks } from './personal-marks.ts'

const marks: PersonalMarks = new Map([
  ['user.email', 'plain'],
  ['user.phones (keys)', 'masked'],
  ['username', 'unknown'],
  ['tags (keys)', 'hashed'],
])

test('a path holds its members and its keys, and nothing that only begins like it', () => {
  expect([isWithin('user', 'user'), isWithin('user.email', 'user'), isWithin('tags (keys)', 'tags'), isWithin('username', 'user')]).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect([...marksAt(marks, 'user').keys()]).toEqual(['user.email', 'user.phones (keys)'])
  expect([...marksAt(marks, 'tags', 'username').keys()]).toEqual(['username', 'tags (keys)'])
  expect(marksAt(marks).size).toBe(0)
})

test('of several marks of a column the one that says most counts', () => {
  const one = (form: 'plain' | 'hashed' | 'masked' | 'unknown') => new Map([['a', form]])
  expect([...joinMarks([one('hashed'), one('masked')])]).toEqual([['a', 'masked']])
  expect([...joinMarks([one('unknown'), one('masked')])]).toEqual([['a', 'unknown']])
  expect([...joinMarks([one('plain'), one('unknown'), new Map([['b', 'hashed' as const]])])]).toEqual([
    ['a', 'plain'],
    ['b', 'hashed'],
  ])
})

test('all columns get one form', () => {
  expect([...allAs(marksAt(marks, 'user'), 'unknown').values()]).toEqual(['unknown', 'unknown'])
})

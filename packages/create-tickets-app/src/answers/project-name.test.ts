import { describe, expect, test } from 'vitest'
import { nameProblem, targetOf } from './project-name.ts'

describe('names', () => {
  test.each(['demo', 'my-app', 'a', '0', 'app_2.x'])('takes %s', (name) => expect(nameProblem(name)).toBeUndefined())

  test.each([
    ['My App', '"my-app"'],
    ['Événements', '"evenements"'],
    ['.hidden', '"hidden"'],
    ['_private', '"private"'],
    ['a/b', '"a-b"'],
    ['日本', '"demo"'],
    ['node_modules', '"demo"'],
    ['', '"demo"'],
  ])('refuses %s, and suggests %s', (name, better) => expect(nameProblem(name)).toContain(`such as ${better}`))

  test('suggests only what it takes', () => {
    for (const name of ['My App', 'Événements', '-x-', 'x'.repeat(300), '..', 'a@b', 'NODE_MODULES']) {
      const [, better = ''] = /such as "(.*)"$/.exec(nameProblem(name) ?? '') ?? []
      expect(nameProblem(better)).toBeUndefined()
    }
  })
})

describe('folders', () => {
  test('the last part of the folder is the name', () => {
    expect(targetOf('apps/demo', '/base')).toEqual({ folder: '/base/apps/demo', name: 'demo' })
    expect(targetOf('.', '/base/demo')).toEqual({ folder: '/base/demo', name: 'demo' })
    expect(targetOf('../demo/', '/base/x')).toEqual({ folder: '/base/demo', name: 'demo' })
  })

  test('a folder whose name cannot be that of a package is refused', () => {
    expect(() => targetOf('.', '/base/My Apps')).toThrow('"My Apps" cannot be the name of a package')
  })
})

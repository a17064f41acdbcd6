import { expect, test, vi } from 'vitest'
import { currentScope, type Scope, withScope } from './scope.ts'

const scope = (flow: string) => ({ flow }) as Scope

test('subscriptions belong to the innermost scope, and to none outside', () => {
  const seen: (string | undefined)[] = []
  const note = () => void seen.push(currentScope()?.flow)
  note()
  const result = withScope(scope('a'), () => {
    note()
    withScope(scope('b'), note)
    note()
    return 'made'
  })
  note()
  expect([seen, result]).toEqual([[undefined, 'a', 'b', 'a', undefined], 'made'])
})

test('a scope ends with an error of what is built in it', () => {
  const fails = () => {
    throw new Error('boom')
  }
  expect(() => withScope(scope('a'), fails)).toThrow('boom')
  expect(currentScope()).toBeNull()
})

test('a second copy of the package is refused, rather than have operators whose state nobody records', async () => {
  vi.resetModules()
  const copy = await import('./scope.ts')
  expect(copy.currentScope).not.toBe(currentScope)
  expect(copy.currentScope()).toBeNull()
  const inside = () => withScope(scope('a'), () => copy.currentScope())
  expect(inside).toThrow(expect.objectContaining({ code: 'DUPLICATE_CORE', message: expect.stringContaining('npm ls @tickets/core') }))
  expect(copy.withScope(scope('b'), () => copy.currentScope()?.flow)).toBe('b')
})

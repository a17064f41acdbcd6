import { expect, test } from 'vitest'
import { TicketsError } from '../base/errors.ts'
import { completed, flowError, lateMove, resubscribed, silent } from './flow-errors.ts'

test('an error of an operator names its flow, and keeps its cause', () => {
  const cause = new Error('boom')
  expect(flowError('f', cause)).toMatchObject({ code: 'FLOW_FAILED', message: 'flow "f" failed: boom', cause, retryable: false })
  expect(flowError(null, cause).message).toBe('an operator before the flows failed: boom')
})

test('what an operator throws that is no error is an error too', () => {
  expect(flowError('f', 'text')).toMatchObject({ code: 'FLOW_FAILED', message: expect.stringContaining('text') })
  expect(flowError('f', undefined)).toBeInstanceOf(TicketsError)
})

test('an error that says that it may be retried is retried', () => {
  expect(flowError('f', Object.assign(new Error('busy'), { retryable: true })).retryable).toBe(true)
})

test('an error of ours is passed on as it is', () => {
  const error = new TicketsError('STATE_LIMIT', 'too much')
  expect(flowError('f', error)).toBe(error)
})

test('what stops a pipeline is never retried by itself, and says what to do', () => {
  for (const [error, code, says] of [
    [completed('f'), 'FLOW_COMPLETED', 'flow "f"'],
    [resubscribed(), 'FLOW_RESUBSCRIBED', 'Take the operator out'],
    [silent('f'), 'FLOW_SILENT', 'flow "f"'],
    [lateMove('f', 'w'), 'OPERATOR_SCOPE', 'the operator "w" of flow "f"'],
  ] as const)
    expect(error).toMatchObject({ code, retryable: false, message: expect.stringContaining(says) })
})

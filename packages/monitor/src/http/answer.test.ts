import { expect, it } from 'vitest'
import { runOf } from '../../test/runs.ts'
import { monitor } from '../monitor.ts'
import { answerOf } from './answer.ts'

const watched = () => {
  const made = monitor()
  const run = made.watch(runOf())
  return { made, run }
}

it('answers the four pages', () => {
  const { made } = watched()
  expect(answerOf(made, 'GET', '/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
  expect(answerOf(made, 'GET', '/readyz?verbose')).toMatchObject({ status: 200, body: 'ok\n' })
  expect(answerOf(made, 'GET', '/metrics')).toMatchObject({ status: 200, body: expect.stringContaining('tickets_up{pipeline="lake"} 1') })
  const status = answerOf(made, 'GET', '/status')
  expect(JSON.parse(status.body)).toMatchObject({ pipelines: [{ name: 'lake', state: 'running' }] })
  expect(status.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
})

it('says why something is not well', () => {
  expect(answerOf(monitor(), 'GET', '/readyz')).toMatchObject({ status: 503, body: 'no pipeline has started yet\n' })
  const { made, run } = watched()
  run.ended?.({ how: 'failed', at: 0 })
  expect(answerOf(made, 'GET', '/healthz')).toMatchObject({ status: 503, body: 'lake has failed: OTHER\n' })
})

it('gives HEAD the headers of GET, and no body', () => {
  const { made } = watched()
  const { body, ...rest } = answerOf(made, 'GET', '/healthz')
  expect(answerOf(made, 'HEAD', '/healthz')).toEqual({ ...rest, body: '' })
  expect(rest.headers['content-length']).toBe(String(body.length))
})

it.each(['/', '/metrics/', '/constructor', '/__proto__', '//metrics', '/../status', ''])('knows no page %s', (url) => {
  expect(answerOf(monitor(), 'GET', url).status).toBe(404)
})

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'get'])('refuses %s, and ends the connection', (method) => {
  const { status, headers } = answerOf(monitor(), method, '/metrics')
  expect([status, headers.allow, headers.connection]).toEqual([405, 'GET, HEAD', 'close'])
})

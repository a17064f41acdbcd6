import { describe, expect, it } from 'vitest'
import { runOf } from '../../test/runs.ts'
import { dashboard } from '../dashboard/dashboard.ts'
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

it.each(['/', '/dashboard', '/metrics/', '/constructor', '/__proto__', '//metrics', '/../status', ''])('knows no page %s', (url) => {
  expect(answerOf(monitor(), 'GET', url).status).toBe(404)
})

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'get'])('refuses %s, and ends the connection', (method) => {
  const { status, headers } = answerOf(monitor(), method, '/metrics')
  expect([status, headers.allow, headers.connection]).toEqual([405, 'GET, HEAD', 'close'])
})

describe('of a dashboard', () => {
  it('answers its page, which may load nothing', () => {
    const { status, headers, body } = answerOf(dashboard(), 'GET', '/dashboard')
    expect([status, headers['content-type'], headers['referrer-policy']]).toEqual([200, 'text/html; charset=utf-8', 'no-referrer'])
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-/)
    expect(body).toContain('<!doctype html>')
    expect(answerOf(dashboard(), 'HEAD', '/dashboard')).toMatchObject({ status: 200, body: '' })
  })

  it('leads from / to its page, and answers the others as a monitor does', () => {
    expect(answerOf(dashboard(), 'GET', '/')).toMatchObject({ status: 307, headers: { location: 'dashboard' } })
    expect(answerOf(dashboard(), 'GET', '/healthz')).toMatchObject({ status: 200, body: 'ok\n' })
    expect(answerOf(dashboard(), 'GET', '/other').body).toBe('not found: there is /healthz, /readyz, /metrics, /status, /dashboard\n')
    expect(answerOf(dashboard(), 'POST', '/dashboard').status).toBe(405)
  })
})

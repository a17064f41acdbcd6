import { dashboard, monitor } from '@tickets/monitor'
import { expect, test } from 'vitest'
import { serveDashboard } from './serve-dashboard.ts'

const here = { port: 0, host: '127.0.0.1' }

test('a dashboard of its own is served, and watches', async () => {
  const { url, telemetry, close } = await serveDashboard([{ run() {} }, monitor()], here)
  expect(telemetry).toBeDefined()
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/dashboard$/)
  expect((await fetch(url)).status).toBe(200)
  await close()
  await expect(fetch(url)).rejects.toThrow()
})

test('an exported dashboard is served, and is not watching twice', async () => {
  const live = dashboard()
  const { url, telemetry, close } = await serveDashboard([undefined, live], here)
  expect(telemetry).toBeUndefined()
  expect((await fetch(url)).status).toBe(200)
  await close()
})

test('an address that cannot be had is refused with what to do', async () => {
  const first = await serveDashboard([], here)
  const port = Number(new URL(first.url).port)
  await expect(serveDashboard([], { ...here, port })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: `port ${port} of 127.0.0.1 is taken: choose another one with --port, or 0 for any that is free`,
  })
  await first.close()
  await expect(serveDashboard([], { port: 0, host: '203.0.113.7' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringMatching(/^203\.0\.113\.7 is no address of this machine .*: leave --host out/),
  })
})

test('a missing package is named', async () => {
  const missing = () => Promise.reject(new Error('ERR_MODULE_NOT_FOUND'))
  await expect(serveDashboard([], here, missing)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('npm i @tickets/monitor'),
  })
})

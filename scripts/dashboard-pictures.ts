/**
 * Takes the pictures of docs/operations/dashboard.md from a pipeline that runs: docs/pictures/dashboard*.png. Build first, then run it with
 * `node scripts/dashboard-pictures.ts [folder]`. It takes a minute, and needs Chromium, or apt-get to fetch it.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startChromium } from '../test/chromium/chromium.ts'
import { openPage } from '../test/dashboard/page.ts'
import { startService } from '../test/dashboard/service.ts'

/** So long that partition 2 has had no rows for a while. */
const WAIT_MS = 48_000

const to = resolve(process.argv[2] ?? join(import.meta.dirname, '../docs/pictures'))
const browser = await startChromium()
if (!browser) throw new Error('no Chromium: install chromium, or apt-get to fetch it')
const home = await mkdtemp(join(tmpdir(), 'lake-'))
await mkdir(to, { recursive: true })
const service = await startService({ folder: home, tickets: 20_000, quiet: 4_700, speed: 20 })
try {
  await new Promise((done) => setTimeout(done, WAIT_MS))
  for (const [name, scheme, width, height] of [
    ['dashboard', 'light', 1240, 1230],
    ['dashboard-dark', 'dark', 1240, 1230],
    ['dashboard-narrow', 'light', 360, 1400],
    ['dashboard-tables', 'light', 1240, 0],
  ] as const) {
    const page = await openPage(browser, service.url, { scheme, width, height: height || 900 })
    // Rates are known after some seconds.
    await page.waitForTimeout(6_000)
    const top = height === 0 ? ((await page.locator('.pair').boundingBox())?.y ?? 0) - 16 : 0
    const bottom = (await page.locator('main').boundingBox())?.height ?? 0
    const clip = height === 0 && { clip: { x: 0, y: top, width, height: bottom - top + 80 } }
    await page.screenshot({ path: join(to, `${name}.png`), fullPage: height === 0, ...clip })
    await page.context().close()
  }
} finally {
  await browser.close()
  await service.stop()
  await rm(home, { recursive: true, force: true })
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../tools/chromium.mjs'

/** Opens a report, zooms into its pods, and prints how many milliseconds that took and how much memory its script has. */
const profile = mkdtempSync(join(tmpdir(), 'wavetank-chromium-'))
const context = await chromium.launchPersistentContext(profile, {
  executablePath: chromiumPath,
  args: [...CHROMIUM_FLAGS],
  headless: true,
  viewport: { width: 1400, height: 1000 },
})
try {
  const page = await context.newPage()
  const begun = performance.now()
  await page.goto(pathToFileURL(process.argv[2]).href)
  await page.locator('html[data-ready=true]').waitFor()
  const openMillis = Math.round(performance.now() - begun)
  await page.locator('#pods [role=listbox]').focus()
  // From the key to the frame after the one that draws.
  const zoomMillis = await page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    const from = performance.now()
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: '+', bubbles: true }))
    await frame()
    await frame()
    return Math.round(performance.now() - from)
  })
  const heapBytes = await page.evaluate(() => performance.memory.usedJSHeapSize)
  process.stdout.write(JSON.stringify({ openMillis, zoomMillis, heapBytes }))
} finally {
  await context.close()
  rmSync(profile, { recursive: true, force: true })
}

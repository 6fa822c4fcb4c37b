import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { CHROMIUM_FLAGS, chromiumPath } from '../../tools/chromium.mjs'

export interface Browser {
  /** Opens a file as a user does, and waits until its time lines are there. */
  readonly open: (path: string, options?: OpenOptions) => Promise<OpenedPage>
  readonly close: () => Promise<void>
}

export interface OpenOptions {
  readonly width?: number
  readonly height?: number
  readonly dark?: boolean
  readonly javaScript?: boolean
  /** A page without a script has nothing to wait for. */
  readonly hasScript?: boolean
}

export interface OpenedPage {
  readonly page: Page
  /** What the page asked for besides itself, what its console complained about, and what it threw. */
  readonly requests: readonly string[]
  readonly complaints: string[]
}

export const launchBrowser = async (): Promise<Browser> => {
  const profiles: string[] = []
  const contexts: BrowserContext[] = []
  return {
    open: async (path, { width = 1300, height = 900, dark = false, javaScript = true, hasScript = true } = {}) => {
      const profile = mkdtempSync(join(tmpdir(), 'wavetank-chromium-'))
      profiles.push(profile)
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: chromiumPath!,
        args: [...CHROMIUM_FLAGS],
        headless: true,
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        javaScriptEnabled: javaScript,
      })
      contexts.push(context)
      const page = await context.newPage()
      const requests: string[] = []
      const complaints: string[] = []
      const url = pathToFileURL(path).href
      page.on('request', (request) => {
        if (request.url() !== url) requests.push(request.url())
      })
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      await page.goto(url)
      if (javaScript && hasScript) await page.locator('html[data-ready=true]').waitFor({ timeout: 60_000 })
      return { page, requests, complaints }
    },
    close: async () => {
      for (const context of contexts) await context.close()
      for (const profile of profiles) rmSync(profile, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}

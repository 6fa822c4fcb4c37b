import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** `./main.ts?bundle`: the file with all that it imports, small, as a browser takes it. */
export const BUNDLE_QUERY = '?bundle'

/** Bundles a TypeScript or CSS file for browsers; the same bytes for the same sources. */
export const bundleForBrowser = async (file) => {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    minify: true,
    // Licences of what is in the bundle go with it.
    legalComments: 'inline',
    charset: 'utf8',
    logLevel: 'error',
  })
  return outputFiles[0].text
}

/** For esbuild: imports of `…?bundle` are the bundle as text. */
export const esbuildPlugin = {
  name: 'browser-bundle',
  setup(build) {
    build.onResolve({ filter: /\?bundle$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice(0, -BUNDLE_QUERY.length)),
      namespace: 'browser-bundle',
    }))
    build.onLoad({ filter: /./, namespace: 'browser-bundle' }, async ({ path }) => ({
      contents: await bundleForBrowser(path),
      loader: 'text',
    }))
  },
}

/** For Vitest: the same. The module has a name of its own, or Vite would take the style for one of its stylesheets. */
const MODULE = '\0browser-bundle:'
export const vitePlugin = {
  name: 'browser-bundle',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.endsWith(BUNDLE_QUERY) || importer === undefined) return undefined
    return `${MODULE}${join(dirname(importer), source.slice(0, -BUNDLE_QUERY.length))}.js`
  },
  async load(id) {
    if (!id.startsWith(MODULE)) return undefined
    return `export default ${JSON.stringify(await bundleForBrowser(id.slice(MODULE.length, -'.js'.length)))}`
  },
}

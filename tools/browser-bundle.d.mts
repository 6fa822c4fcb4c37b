import type { Plugin as EsbuildPlugin } from 'esbuild'
import type { Plugin as VitePlugin } from 'vite'

export declare const BUNDLE_QUERY: string
export declare const bundleForBrowser: (file: string) => Promise<string>
export declare const esbuildPlugin: EsbuildPlugin
export declare const vitePlugin: VitePlugin

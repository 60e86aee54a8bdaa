import { brotliCompressSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'

/** Puts a file packed by brotli beside each text, which the server hands out to browsers that take it. */
const packed: Plugin = {
  name: 'packed', apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (!/\.(js|css|svg|html)$/.test(name)) continue
        const body = brotliCompressSync(file.type === 'chunk' ? file.code : file.source)
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source: body })
      }
    },
  },
}

export default defineConfig({
  plugins: [packed],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The map's worker is an ES module that shares code with the page.
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    // Emptied at every build; public/.gitkeep puts back the file with which the Go package compiles before the first one.
    emptyOutDir: true,
    // The server's content security policy allows no data: fonts and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080', '/tiles': 'http://127.0.0.1:8080' } },
})

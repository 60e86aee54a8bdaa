import { defineConfig } from 'vite'

export default defineConfig({
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

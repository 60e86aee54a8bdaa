import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
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

const maplibre = join(dirname(createRequire(import.meta.url).resolve('maplibre-gl/package.json')), 'src')
const worker = '\0map-worker'
let reference = ''

/**
 * The package brings the map and its worker as two files that each hold what both need (style expressions, tiles, geometry), a third of a first view of the map.
 * Built from the package's sources, with the worker as an entry beside the page, what both need is one file, which the page and the worker load once.
 */
const mapOnce: Plugin = {
  name: 'map-once', apply: 'build', enforce: 'pre',
  buildStart() {
    reference = this.emitFile({ type: 'chunk', id: join(maplibre, 'source/worker.ts'), name: 'map-worker' })
  },
  resolveId(source) {
    if (source === 'maplibre-gl') return join(maplibre, 'index.ts')
    return source === 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url' ? worker : null
  },
  load: (id) => (id === worker ? `export default import.meta.ROLLUP_FILE_URL_${reference}` : null),
}

/** Folders whose page has another name. */
const addresses: Record<string, string> = { committee: 'progress', postal: 'postal-codes' }

/**
 * One document starts all pages, with the code of the one that its address names. Waiting to hear that name from the first script costs a phone a second, so
 * each page gets the document with its own code named in it: pages/progress.html and so on. index.html is the map's, with the map.
 */
const beginnings: Plugin = {
  name: 'beginnings', apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const document = bundle['index.html']
      if (document?.type !== 'asset') throw new Error('there is no index.html')
      const html = String(document.source)
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const chunkOf = (module: string) => chunks.find((one) => one.facadeModuleId?.endsWith(`/web/src/${module}`)) ?? this.error(`${module} has no chunk of its own`)
      const begun = (modules: string[], first: string[] = [], last: string[] = []) => {
        const files = new Set<string>()
        const visit = (file: string) => {
          const one = bundle[file]
          if (files.has(file) || one?.type !== 'chunk') return
          files.add(file)
          one.imports.forEach(visit)
          one.viteMetadata?.importedCss.forEach((style) => files.add(style))
        }
        for (const module of modules) visit(chunkOf(module).fileName)
        const links = [...files].filter((file) => !html.includes(`"/${file}"`))
          .map((file) => (file.endsWith('.css') ? `<link rel="stylesheet" crossorigin href="/${file}">` : `<link rel="modulepreload" crossorigin href="/${file}">`))
        return html.replace('  </head>', `${[...first, ...links, ...last].map((one) => `    ${one}\n`).join('')}  </head>`)
      }
      for (const chunk of chunks) {
        const page = /\/web\/src\/([a-z]+)\/start\.tsx$/.exec(chunk.facadeModuleId ?? '')?.[1]
        if (page) this.emitFile({ type: 'asset', fileName: `pages/${addresses[page] ?? page}.html`, source: begun([`${page}/start.tsx`]) })
      }
      // What the map's page asks for at once, if it is not of another day or place: the figures before the map's code, which fills the line for long, and the rest behind it.
      const asked = (path: string) => `<link rel="preload" as="fetch" crossorigin href="${path}">`
      document.source = begun(['start.tsx', 'map/national-map.ts'], [asked('/v1/progress?unit=IR')], ['/v1/admin-units?level=province', '/tiles/admin-unit.json', '/v1/session', '/v1/themes'].map(asked))
    },
  },
}

/** The parts of the pages that are not one page's, and not the map itself. */
const common = /\/web\/src\/(api|format|i18n|state|ui\/(?!MapBox))|\/web\/src\/(map\/(admin|cells|classes|palette|scheme|extent|style|interior|together|theme|digits)|search\/places)\.|\/node_modules\/(@preact|preact)\/|vite\/preload-helper/

export default defineConfig({
  plugins: [mapOnce, beginnings, packed],
  // MapLibre's classes say a second time which fields they inherit: that must not empty them.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' }, typescript: { removeClassFieldsWithoutInitializer: true }, assumptions: { setPublicClassFields: true } },
  // Where the package's own worker file is taken, as `npm run dev` does, it is an ES module.
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    // Emptied at every build; public/.gitkeep puts back the file with which the Go package compiles before the first one.
    emptyOutDir: true,
    // The server's content security policy allows no data: fonts and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    // What most pages share is one file: many small ones wait for each other on a line that carries few at a time.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'common', test: common, minShareCount: 2 }] } } },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080', '/tiles': 'http://127.0.0.1:8080' } },
})

// Serves dist/ under the server's content security policy, with made-up answers of the interface's shape.
// On its own: PORT=4000 node test/mock-server.mjs
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { adminUnits, geocode, progress, reverse, themes, tileZooms } from './mock/answers.mjs'
import { postal } from './mock/postal.mjs'
import { layers } from './mock/country.mjs'
import { tile } from './mock/tiles.mjs'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' }
const policy = "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

function problem(status, code, fa, en) {
  const [title_fa, detail_fa, next_step_fa] = fa
  const [title, detail, next_step] = en
  return { status, type: 'application/problem+json', body: { type: `/problems/${code}`, code, status, title, detail, next_step, title_fa, detail_fa, next_step_fa, errors: [] } }
}
const missing = () => problem(404, 'not-found', ['یافت نشد', 'این نشانی وجود ندارد.', 'نشانی را بررسی کنید.'], ['Not found', 'There is nothing here.', 'Check the address.'])
const json = (body) => ({ status: 200, type: 'application/json', body })

function answer(url) {
  const query = url.searchParams
  if (/^\/v1\/(postal-codes|verify)\//.test(url.pathname)) return postal(url.pathname, query, problem, json)
  switch (url.pathname) {
    case '/v1/themes': return json(themes())
    case '/v1/session': return json({ person: null, must_change_password: false, agencies: [], delivers: [] })
    case '/v1/admin-units': return json(adminUnits(query.get('level'), query.get('parent')))
    case '/v1/progress': {
      const found = progress(query.get('unit') ?? 'IR')
      return found ? json(found) : problem(404, 'unknown-unit', ['واحد تقسیمات یافت نشد', 'واحدی با این کد نیست.', 'به کل کشور بازگردید.'], ['Admin unit not found', 'No unit has this code.', 'Go back to the whole country.'])
    }
    case '/v1/geocode': {
      const q = query.get('q') ?? ''
      if (q.length > 200) return problem(422, 'query-too-long', ['پرسش بلند است', 'پرسش بیش از ۲۰۰ نویسه دارد.', 'آن را کوتاه کنید.'], ['Query too long', 'It has more than 200 characters.', 'Shorten it.'])
      return json(geocode(q, Number(query.get('limit') ?? 10)))
    }
    case '/v1/reverse': return json(reverse(Number(query.get('lon')), Number(query.get('lat')), Number(query.get('limit') ?? 5)))
  }
  const tilejson = /^\/tiles\/([\w-]+)\.json$/.exec(url.pathname)
  if (tilejson && layers[tilejson[1]]) {
    const code = tilejson[1]
    return json({ tilejson: '3.0.0', name: code, tiles: [`/tiles/${code}/{z}/{x}/{y}`], ...tileZooms(code), version: '1234', vector_layers: [{ id: code, fields: {} }] })
  }
  const style = /^\/styles\/([\w-]+)\.json$/.exec(url.pathname)
  if (style && layers[style[1]]) {
    const from = { source: style[1], 'source-layer': style[1] }
    return json({ version: 8, metadata: { 'nsdi:legend': [] }, sources: {}, layers: [{ id: 'edge', type: 'line', ...from, paint: { 'line-color': '#8c3f7d' } }, { id: 'point', type: 'circle', ...from, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': '#c2362b' } }] })
  }
  const address = /^\/tiles\/([\w-]+)\/(\d+)\/(\d+)\/(\d+)$/.exec(url.pathname)
  if (address && layers[address[1]]) {
    const body = tile(address[1], ...address.slice(2).map(Number))
    return body ? { status: 200, type: 'application/vnd.mapbox-vector-tile', body } : { status: 204 }
  }
  return missing()
}

async function file(pathname) {
  const path = normalize(join(dist, pathname === '/' || pathname === '/postal-codes' || pathname === '/parcels' || pathname === '/progress' ? 'index.html' : pathname))
  if (!path.startsWith(dist)) return missing()
  try {
    return { status: 200, type: types[extname(path)] ?? 'application/octet-stream', body: await readFile(path) }
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return missing()
    throw error
  }
}

/** Resolves with the address and a way to stop. */
export function startMockServer(port = 0) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost')
    const made = /^\/(v1|tiles)\//.test(url.pathname) ? answer(url) : await file(url.pathname)
    response.writeHead(made.status, { ...(made.type && { 'content-type': made.type }), 'content-security-policy': policy, 'x-content-type-options': 'nosniff' })
    response.end(made.body === undefined ? undefined : Buffer.isBuffer(made.body) ? made.body : JSON.stringify(made.body))
  })
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve({
      address: `http://127.0.0.1:${server.address().port}`,
      stop: () => new Promise((done) => { server.closeAllConnections(); server.close(done) }),
    }))
  })
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { address } = await startMockServer(Number(process.env.PORT ?? 4000))
  console.log(address)
}

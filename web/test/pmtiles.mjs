// What the reader of PMTiles that maps in browsers use finds in a file: node test/pmtiles.mjs FILE z/x/y…
import { open } from 'node:fs/promises'
import { PMTiles } from 'pmtiles'

const [path, ...names] = process.argv.slice(2)
const file = await open(path)
const archive = new PMTiles({
  getKey: () => path,
  async getBytes(offset, length) {
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
    return { data: buffer.buffer.slice(0, bytesRead) }
  },
})
const tiles = {}
for (const name of names) {
  const tile = await archive.getZxy(...name.split('/').map(Number))
  tiles[name] = tile ? Buffer.from(tile.data).toString('base64') : null
}
console.log(JSON.stringify({ header: await archive.getHeader(), about: await archive.getMetadata(), tiles }))
await file.close()

// Admin units with shapes, and one made-up town with streets, parcels and addresses.
import { bounds, cells, chance, organic } from './geometry.mjs'
import { provinces } from './provinces.mjs'

const polygon = (ring) => ({ type: 'Polygon', coordinates: [ring] })
const feature = (geometry, properties) => ({ type: 'Feature', geometry, properties })

const rough = cells(provinces.map((p) => [p.lon, p.lat]))
export const units = []
provinces.forEach((province, i) => {
  units.push({ ...province, level: 'province', parent_code: 'IR', ring: organic(rough[i]) })
  const around = [0, 1, 2, 3].map((k) => [province.lon + 0.5 * Math.cos(k * 1.6 + i), province.lat + 0.4 * Math.sin(k * 1.6 + i)])
  cells(around, rough[i]).forEach((ring, k) => {
    if (ring.length < 3) return
    units.push({ code: `${province.code}-${k + 1}`, level: 'county', parent_code: province.code, ring: organic(ring),
      name_fa: `${province.name_fa} ${['شمالی', 'باختری', 'جنوبی', 'خاوری'][k]} (نمونه)`, name_en: `${province.name_en} ${['North', 'West', 'South', 'East'][k]} (sample)` })
  })
})
for (const unit of units) unit.bounds = bounds(unit.ring)

export const town = { lon: 51.42, lat: 35.7 }
const streetNames = ['خیابان ولی‌عصر', 'خیابان انقلاب اسلامی', 'بلوار کشاورز', 'خیابان حافظ (قدیم)', 'کوچه یاس', 'خیابان سعدی', 'کوچه بهار', 'بن‌بست نرگس', 'خیابان فردوسی', 'میدان آزادی']
const at = (dx, dy) => [town.lon + dx, town.lat + dy]
const size = 0.006

const roads = []
const parcels = []
const addresses = []
const green = []
for (let i = 0; i <= 8; i++) {
  roads.push(feature({ type: 'LineString', coordinates: [at(0, i * size), at(8 * size, i * size)] }, { road_id: `R${i}`, name_fa: streetNames[i % 10], road_class: 'street', width_m: 12 }))
  roads.push(feature({ type: 'LineString', coordinates: [at(i * size, 0), at(i * size, 8 * size)] }, { road_id: `C${i}`, name_fa: streetNames[(i + 4) % 10], road_class: 'alley', width_m: 8 }))
}
for (let i = 0; i < 64; i++) {
  const [bx, by] = [(i % 8) * size, Math.floor(i / 8) * size]
  if (chance(i) < 0.12) {
    const [x, y, e] = [bx + size * 0.1, by + size * 0.1, size * 0.8]
    green.push(feature(polygon([at(x, y), at(x + e, y), at(x + e, y + e), at(x, y + e), at(x, y)]), { space_id: `G${i}`, kind: 'park', name_fa: `بوستان ${streetNames[i % 10].split(' ').at(-1)}` }))
    continue
  }
  for (let k = 0; k < 8; k++) {
    const [x, y, w, h] = [bx + size * (0.08 + (k % 4) * 0.21), by + size * (0.08 + Math.floor(k / 4) * 0.43), size * 0.2, size * 0.41]
    const n = i * 8 + k
    parcels.push(feature(polygon([at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h), at(x, y)]),
      { parcel_id: `1/${100 + i}/${k + 1}`, section: '۱۱ تهران', main_plate: 100 + i, sub_plate: k + 1, land_use: 'مسکونی', declared_area_m2: 180 + (n % 90) }))
    addresses.push(feature({ type: 'Point', coordinates: at(x + w / 2, y + h / 2) },
      { address_id: `A${n}`, province: 'تهران', city: 'تهران', street: streetNames[i % 10], number: 1 + k * 2, unit: String(1 + (n % 4)), postal_code: String(1_311_100_000 + n * 37) }))
  }
}
const box = [town.lon, town.lat, town.lon + 8 * size, town.lat + 8 * size]
const ringOf = ([w, s, e, n]) => [[w, s], [e, s], [e, n], [w, n], [w, s]]

export const layers = {
  'admin-unit': units.map((u) => feature(polygon(u.ring), { code: u.code, level: u.level, name_fa: u.name_fa, name_en: u.name_en, parent_code: u.parent_code })),
  'urban-boundary': [feature(polygon(ringOf(box)), { code: 'U1', name_fa: 'تهران (نمونه)', name_en: 'Tehran (sample)', population: 412345 })],
  'cadastre-urban': parcels,
  'gnaf-address': addresses,
  road: roads,
  'green-space': green,
  place: provinces.map((p) => feature({ type: 'Point', coordinates: [p.lon, p.lat] }, { code: `P${p.code}`, name_fa: `مرکز ${p.name_fa}`, name_en: `${p.name_en} centre`, kind: 'city' })),
}
export const boxes = Object.fromEntries(Object.entries(layers).map(([code, features]) => [code, bounds(features.flatMap((f) => f.geometry.coordinates.flat(2)).reduce((points, value, i, all) => (i % 2 ? points : [...points, [value, all[i + 1]]]), []))]))

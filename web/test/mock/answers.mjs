// Answers in the shape of the interface, from the made-up country.
import { boxes, layers, units } from './country.mjs'
import { chance } from './geometry.mjs'

const text = (fa, en) => ({ fa, en })
const minZooms = { 'cadastre-urban': 13, 'gnaf-address': 14, road: 10, 'green-space': 11, 'urban-boundary': 5, place: 4, 'admin-unit': 0 }
const themeList = [
  ['admin-unit', 'واحدهای تقسیمات کشوری', 'Admin units', 'polygon', 'layers.admin_unit', null],
  ['urban-boundary', 'محدوده شهرها', 'Urban boundaries', 'polygon', 'layers.feature', 'A24-URBAN'],
  ['place', 'نقاط شهری', 'Places', 'point', 'layers.feature', null],
  ['range-forest', 'مراتع و جنگل‌ها', 'Rangeland and forest', 'polygon', 'layers.feature', 'A25-RANGE-FOREST'],
  ['base-map-sheet', 'برگ‌های نقشه پایه', 'Base map sheets', 'polygon', 'layers.feature', 'A24-URBAN'],
  ['cadastre-urban', 'کاداستر شهری', 'Urban cadastre', 'polygon', 'cadastre.parcel', 'A25-URBAN'],
  ['cadastre-marine', 'کاداستر دریایی', 'Marine cadastre', 'polygon', 'cadastre.parcel', 'A25-MARINE'],
  ['gnaf-address', 'نشانی‌های مکانی (GNAF)', 'GNAF addresses', 'point', 'gnaf.address', 'A27-GNAF'],
  ['road', 'راه‌ها و معابر', 'Roads', 'line', 'layers.feature', 'A26-LAYERS'],
  ['green-space', 'فضای سبز', 'Green space', 'polygon', 'layers.feature', 'A26-LAYERS'],
  ['building', 'ساختمان‌ها', 'Buildings', 'polygon', 'layers.feature', 'A26-LAYERS'],
  ['expected-addresses', 'نشانی‌های مورد انتظار', 'Expected addresses', 'none', 'layers.feature', null],
]

export function themes() {
  return {
    sample: true,
    themes: themeList.map(([code, fa, en, geometry, store, obligation]) => ({
      code, title: text(fa, en), geometry, store, obligation, min_zoom: minZooms[code] ?? 8, max_zoom: 16, features: layers[code]?.length ?? 0,
      datasets: layers[code] ? 1 : 0, bounds: boxes[code] ?? null, updated_at: layers[code] ? '2026-11-20T08:30:00Z' : null,
    })),
  }
}

export function adminUnits(level, parent) {
  return {
    units: units.filter((u) => (!level || u.level === level) && (!parent || u.parent_code === parent)).map(({ code, level, name_fa, name_en, parent_code, bounds }) => ({
      code, level, name_fa, name_en, parent_code, bounds, area_m2: Math.round((bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) * 6e9),
    })),
  }
}

const obligationList = [
  ['A23', '23', 'ایجاد منظومه ملی اطلاعات مکان محور (NSDI)', 'National Spatial Data Infrastructure', 'معاونت برنامه‌ریزی و نظارت راهبردی', 'Vice-presidency for strategic planning and supervision', 'none', null, null],
  ['A23-N2', '23', 'تهیه و ارائه و به‌روزرسانی اطلاعات مکان محور دستگاه‌ها', 'Agencies hand over and keep current their spatial data', 'همه دستگاه‌های اجرایی', 'Every executive agency', 'none', null, '2016-09-06'],
  ['A24-URBAN', '24', 'نقشه‌های یک پانصدم و یک دوهزارم شهرها', 'Base maps 1:500 and 1:2000 of cities', 'سازمان نقشه‌برداری کشور', 'National Cartographic Center', 'area', 'm2', '2016-09-06'],
  ['A24-REST', '24', 'نقشه‌های باقی کشور', 'Base maps of the rest of the country', 'سازمان نقشه‌برداری کشور', 'National Cartographic Center', 'area', 'm2', '2017-09-07'],
  ['A25-URBAN', '25', 'کاداستر شهری', 'Urban cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'area', 'm2', '2016-09-06'],
  ['A25-RURAL', '25', 'کاداستر روستایی', 'Rural cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'area', 'm2', '2017-09-07'],
  ['A25-RANGE-FOREST', '25', 'کاداستر مراتع و جنگل‌ها', 'Rangeland and forest cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'area', 'm2', '2018-09-07'],
  ['A25-MARINE', '25', 'کاداستر دریایی', 'Marine cadastre', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'area', null, '2018-09-07'],
  ['A25-INQUIRY', '25', 'خدمات استعلام الکترونیکی املاک و کاداستر', 'Property inquiry services', 'سازمان ثبت اسناد و املاک کشور', 'Registry organisation for deeds and properties', 'none', null, null],
  ['A26-LAYERS', '26', 'لایه‌های اطلاعات مکان محور قلمرو وظایف شهری و SDI شهری', 'Municipal duty layers and urban SDI', 'وزارت کشور و هر شهرداری', 'Ministry of Interior and every municipality', 'layers', 'layer', null],
  ['A27-GNAF', '27', 'نشانی پستی کلیه اماکن کشور مبتنی بر GNAF', 'GNAF-based postal address of every place', 'شرکت ملی پست', 'National Post Company', 'count', 'address', '2016-09-06'],
  ['A27-INQUIRY', '27', 'خدمات استعلام کد پستی و GNAF', 'Postal code and address inquiry services', 'شرکت ملی پست', 'National Post Company', 'none', null, null],
]
const articleTitles = {
  23: text('زیرساخت ملی داده مکانی (NSDI)', 'National Spatial Data Infrastructure (NSDI)'), 24: text('نقشه‌های پایه', 'Base maps'), 25: text('کاداستر', 'Cadastre'),
  26: text('لایه‌های شهری', 'Municipal layers'), 27: text('نشانی مکان‌محور (GNAF)', 'Addresses (GNAF)'),
}
const whole = { m2: 1_234_567_890, address: 48_000_000, layer: 312 }
const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : null)

function childFigures(seed) {
  return Object.fromEntries(obligationList.map(([code, , , , , , , unit], i) => {
    if (!unit || chance(seed * 7 + i) < 0.25) return [code, null]
    const x = chance(seed * 31 + i)
    return [code, x < 0.12 ? 0 : x > 0.93 ? 100 : Math.round(x * 1000) / 10]
  }))
}

export function progress(code) {
  const unit = code === 'IR' ? { code: 'IR', level: 'country', name_fa: 'ایران', name_en: 'Iran' } : units.find((u) => u.code === code)
  if (!unit) return null
  const seed = code === 'IR' ? 3 : units.indexOf(unit)
  const own = childFigures(seed + 1)
  const obligations = obligationList.map(([id, article, fa, en, whoFa, whoEn, measure, u, deadline]) => {
    const percent = own[id]
    const denominator = percent === null ? null : whole[u]
    return {
      code: id, article, title: text(fa, en), responsible: text(whoFa, whoEn), measure, unit: u, percent, denominator,
      numerator: denominator === null ? null : Math.round((denominator * percent) / 100), state: percent === null ? 'unknown' : 'known',
      reason: percent !== null ? null : measure === 'none' ? text('برای این تکلیف سنجه عددی تعریف نشده است.', 'No numeric measure is defined for this obligation.') : text('مبنای سنجش (مخرج) هنوز تحویل نشده است.', 'The denominator has not been delivered yet.'),
      legal_deadline: deadline, legal_deadline_jalali: deadline && '۱۶ شهریور ۱۳۹۵', days_overdue: deadline && Math.round((Date.parse('2026-11-21') - Date.parse(deadline)) / 864e5),
      denominator_source: percent === null ? null : text('محدوده‌های مصوب، نسخه ۱', 'Approved boundaries, version 1'),
    }
  })
  const known = (list) => list.filter((p) => p !== null)
  return {
    as_of: '2026-11-21T09:00:00Z', as_of_jalali: '۳۰ آبان ۱۴۰۵', change: 1234, unit: { code: unit.code, level: unit.level, name_fa: unit.name_fa, name_en: unit.name_en },
    articles: Object.entries(articleTitles).map(([article, title]) => {
      const members = obligations.filter((o) => o.article === article)
      return { article, title, percent: mean(known(members.map((o) => o.percent))), obligations: members.map((o) => o.code) }
    }),
    obligations,
    children: units.filter((u) => u.parent_code === code).map((u) => {
      const index = units.indexOf(u)
      const figures = index % 45 === 10 ? Object.fromEntries(obligationList.map(([id]) => [id, null])) : childFigures(index)
      const values = known(Object.values(figures))
      return { code: u.code, level: u.level, name_fa: u.name_fa, name_en: u.name_en, percent: mean(values), known: values.length, obligations: figures }
    }),
  }
}

function place({ properties: p, geometry }, extra = {}) {
  return {
    type: 'Feature', geometry,
    properties: {
      geocoding: { place_id: p.address_id, type: 'house', label: `${p.city}، ${p.street}، پلاک ${p.number}، واحد ${p.unit}`, housenumber: String(p.number), street: p.street, city: p.city, state: p.province, postcode: p.postal_code, ...extra },
      match: { level: 'unit', confidence: 0.93, reasons: text(['نام معبر برابر است', 'پلاک برابر است'], ['Street name is equal', 'House number is equal']), unmatched: [] },
    },
  }
}
const collection = (features, query) => ({ type: 'FeatureCollection', geocoding: { version: '0.1.0', query, data_version: '1234' }, features })
const fold = (s) => s.replace(/[\u064b-\u0652\u200c]/g, ' ').replace(/ي/g, 'ی').replace(/ك/g, 'ک').replace(/\s+/g, ' ').trim()

export function geocode(q, limit) {
  const words = fold(q).split(/[ ،,]+/).filter((w) => w && !['پلاک', 'واحد'].includes(w))
  const hits = layers['gnaf-address'].filter((f) => {
    const have = fold(Object.values(f.properties).join(' ')).split(' ')
    return words.every((w) => have.some((h) => h.startsWith(w)))
  })
  return collection(hits.slice(0, limit).map((f) => place(f)), q)
}

/** The addresses near a point, and after them the units that it lies in. */
export function reverse(lon, lat, limit) {
  const metres = ({ geometry: { coordinates: [x, y] } }) => Math.round(Math.hypot((x - lon) * 90000, (y - lat) * 111000))
  const near = layers['gnaf-address'].map((f) => [metres(f), f]).filter(([d]) => d < 500).sort((a, b) => a[0] - b[0])
  const around = units.filter((u) => inside(u.ring, lon, lat)).map((u) => ({
    type: 'Feature', geometry: { type: 'Point', coordinates: [(u.bounds[0] + u.bounds[2]) / 2, (u.bounds[1] + u.bounds[3]) / 2] },
    properties: { geocoding: { place_id: u.code, type: 'locality', label: u.name_fa, label_en: u.name_en }, match: { level: u.level, confidence: 1, reasons: text([], []), unmatched: [] } },
  }))
  return collection([...near.slice(0, limit).map(([d, f]) => place(f, { distance_m: d })), ...around], `${lat},${lon}`)
}

function inside(ring, x, y) {
  return ring.reduce((odd, [ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length]
    return ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !odd : odd
  }, false)
}

export const tileZooms = (code) => ({ minzoom: minZooms[code] ?? 0, maxzoom: 14 })

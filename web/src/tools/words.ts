import { words, type Pair } from '../i18n/words'

export const pairs = {
  'measure.start': ['روی نقشه بزنید تا اندازه‌گیری آغاز شود؛ با صفحه‌کلید، نقشه را جابه‌جا کنید و Enter بزنید.', 'Click on the map to begin; by keyboard, move the map and press Enter.'],
  'measure.more': ['نقطه‌های بعدی را بزنید؛ از سه نقطه به بعد مساحت هم گفته می‌شود.', 'Click further points; from three on the area is told too.'],
  'measure.note': ['روی بیضوی WGS‌۸۴، با خط ژئودزیک. پیوند صفحه اندازه را هم دارد.', 'On the ellipsoid WGS 84, along geodesics. The address of the page holds the measurement too.'],
  distance: ['فاصله', 'Distance'],
  area: ['مساحت', 'Area'],
  perimeter: ['محیط', 'Perimeter'],
  undo: ['حذف آخرین نقطه', 'Remove the last point'],
  clear: ['پاک کردن', 'Clear'],
  metres: ['{n} متر', '{n} m'],
  kilometres: ['{n} کیلومتر', '{n} km'],
  m2: ['{n} متر مربع', '{n} m²'],
  hectares: ['{n} هکتار', '{n} ha'],
  km2: ['{n} کیلومتر مربع', '{n} km²'],
} as const satisfies Record<string, Pair>

export const w = words(pairs)
export type Word = keyof typeof pairs

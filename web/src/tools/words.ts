import { words, type Pair } from '../i18n/words'

export const pairs = {
  'measure.start': ['روی نقشه بزنید تا اندازه‌گیری آغاز شود؛ با صفحه‌کلید، نقشه را جابه‌جا کنید و Enter بزنید.', 'Click on the map to begin; by keyboard, move the map and press Enter.'],
  'measure.more': ['نقطه‌های بعدی را بزنید؛ از سه نقطه به بعد مساحت هم گفته می‌شود.', 'Click further points; from three on the area is told too.'],
  'measure.note': ['روی بیضوی WGS‌۸۴، با خط ژئودزیک. پیوند صفحه اندازه را هم دارد.', 'On the ellipsoid WGS 84, along geodesics. The address of the page holds the measurement too.'],
  link: ['پیوند', 'Link'],
  'link.hint': ['نشانی صفحه همین نما را دوباره می‌سازد: جا، لایه‌ها، پررنگی، زبان، تاریخ، عارضه برگزیده و اندازه.', 'The address of the page makes this view again: place, layers, opacity, language, day, what is chosen and what is measured.'],
  picture: ['تصویر', 'Picture'],
  'picture.save': ['ذخیره PNG', 'Save as PNG'],
  'picture.date': ['داده‌ها تا {date}', 'Data as of {date}'],
  'picture.source': ['داده: دستگاه‌های متولی، منتشرشده در منظومه ملی', 'Data: the agencies in charge, published in the NSDI'],
  data: ['داده این نما', 'Data in this view'],
  'data.none': ['لایه‌ای روشن نیست؛ در فهرست لایه‌ها یکی را روشن کنید.', 'No layer is switched on; switch one on in the list of layers.'],
  'data.hint': ['عارضه‌هایی که در قاب نقشه هستند، با شناسنامه داده.', 'The features within the frame of the map, with their provenance.'],
  'data.restricted': ['«{name}» محدود است و از این‌جا بارگیری نمی‌شود؛ دستگاه متولی آن را با نشانی امضاشده می‌دهد.', '“{name}” is restricted and not downloaded from here: its agency hands it out at a signed address.'],
  format: ['قالب {name}', 'Format of {name}'],
  'data.get': ['بارگیری', 'Download'],
  'data.cut': ['بریده در لبه قاب', 'Cut at the edge of the frame'],
  'data.making': ['در حال ساخت: {done} از {rows}', 'Being made: {done} of {rows}'],
  'data.done': ['{name}، {kb} کیلوبایت', '{name}, {kb} KB'],
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

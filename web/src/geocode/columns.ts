export const roles = ['address', 'province', 'county', 'city', 'neighbourhood', 'street_before', 'street', 'number', 'unit', 'postal_code', 'lon', 'lat'] as const
export type Role = (typeof roles)[number]

const names: Record<Role, readonly string[]> = {
  address: ['نشانی', 'آدرس', 'نشانی کامل', 'آدرس کامل', 'نشانی پستی', 'متن نشانی', 'address', 'full address', 'addr', 'postal address', 'q', 'query', 'text'],
  province: ['استان', 'نام استان', 'province', 'state', 'statename', 'ostan'],
  county: ['شهرستان', 'نام شهرستان', 'county', 'townname', 'shahrestan'],
  city: ['شهر', 'نام شهر', 'شهر یا روستا', 'آبادی', 'روستا', 'city', 'locality', 'locationname', 'town', 'village'],
  neighbourhood: ['محله', 'نام محله', 'ناحیه', 'neighbourhood', 'neighborhood', 'parish', 'suburb'],
  street_before: ['معبر ماقبل آخر', 'خیابان اصلی', 'معبر اصلی', 'street before', 'preaven', 'main street'],
  street: ['معبر', 'معبر آخر', 'خیابان', 'کوچه', 'نام معبر', 'street', 'street name', 'avenue', 'road'],
  number: ['پلاک', 'شماره پلاک', 'house number', 'plate no'],
  unit: ['واحد', 'شماره واحد', 'unit', 'apartment', 'flat'],
  postal_code: ['کد پستی', 'کدپستی', 'کد ده رقمی', 'postal code', 'postcode', 'zip', 'zip code'],
  lon: ['طول جغرافیایی', 'طول', 'lon', 'lng', 'long', 'longitude', 'x'],
  lat: ['عرض جغرافیایی', 'عرض', 'lat', 'latitude', 'y'],
}

const folded = (name: string) => name.toLowerCase().replace(/ي/g, 'ی').replace(/ك/g, 'ک').replace(/[\s_\-\u200c\ufeff]/g, '')
/** The number of a row as often as of a house: of a house only beside a street, and where nothing else is. */
const vague = new Set(['شماره', 'number', 'no'])
const known = new Map(roles.flatMap((role) => names[role].map((name) => [folded(name), role] as const)))

/** What each column is, told by its name; a role goes to the first column that has it. Where no name says where something is, what the rows have does. */
export function detect(header: readonly string[], rows: readonly (readonly string[])[] = []): (Role | null)[] {
  const taken = new Set<Role>()
  const found = header.map((name) => {
    const role = known.get(folded(name)) ?? null
    if (role === null || taken.has(role)) return null
    taken.add(role)
    return role
  })
  const number = taken.has('street') && !taken.has('number') ? header.findIndex((name) => vague.has(folded(name))) : -1
  if (number >= 0) found[number] = 'number'
  return tells(found) ? found : byContent(found, rows)
}

/** Words that stand in addresses and hardly elsewhere, and a postal code of ten digits. */
const looks: readonly (readonly [Role, RegExp])[] = [
  ['address', /(?:^|[\s،,.])(?:خیابان|خ|بلوار|بزرگراه|کوچه|بن[\s\u200c]?بست|میدان|جاده|پلاک|پ|street|st|avenue|ave|road|rd|no)(?=[\s،,.:\d۰-۹])/i],
  ['postal_code', /^[1-9۱-۹][\d۰-۹]{4}-?[\d۰-۹]{5}$/],
]

function byContent(found: readonly (Role | null)[], rows: readonly (readonly string[])[]): (Role | null)[] {
  const some = rows.slice(0, 200)
  for (const [role, pattern] of looks) {
    const shares = found.map((taken, index) => {
      const cells = some.map((row) => (row[index] ?? '').trim().replace(/ي/g, 'ی').replace(/ك/g, 'ک')).filter((cell) => cell !== '')
      return taken !== null || cells.length === 0 ? 0 : cells.filter((cell) => pattern.test(cell)).length / cells.length
    })
    const best = Math.max(...shares)
    if (best >= 0.5) return found.map((taken, index) => (index === shares.indexOf(best) ? role : taken))
  }
  return [...found]
}

/** Whether the chosen columns say where something is. */
export const tells = (chosen: readonly (Role | null)[]) => chosen.some((role) => role !== null && ['address', 'street', 'postal_code', 'city', 'neighbourhood'].includes(role)) || (chosen.includes('lon') && chosen.includes('lat'))

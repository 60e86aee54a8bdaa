export const roles = ['address', 'province', 'county', 'city', 'neighbourhood', 'street_before', 'street', 'number', 'unit', 'postal_code', 'lon', 'lat'] as const
export type Role = (typeof roles)[number]

const names: Record<Role, readonly string[]> = {
  address: ['نشانی', 'آدرس', 'نشانی کامل', 'آدرس کامل', 'نشانی پستی', 'متن نشانی', 'address', 'full address', 'addr', 'postal address', 'q', 'query', 'text'],
  province: ['استان', 'نام استان', 'province', 'state'],
  county: ['شهرستان', 'نام شهرستان', 'county'],
  city: ['شهر', 'نام شهر', 'شهر یا روستا', 'آبادی', 'روستا', 'city', 'locality', 'town', 'village'],
  neighbourhood: ['محله', 'نام محله', 'ناحیه', 'neighbourhood', 'neighborhood', 'suburb'],
  street_before: ['معبر ماقبل آخر', 'خیابان اصلی', 'معبر اصلی', 'street before', 'main street'],
  street: ['معبر', 'معبر آخر', 'خیابان', 'کوچه', 'نام معبر', 'street', 'street name', 'avenue', 'road'],
  number: ['پلاک', 'شماره پلاک', 'شماره', 'number', 'house number', 'no'],
  unit: ['واحد', 'شماره واحد', 'unit', 'apartment', 'flat'],
  postal_code: ['کد پستی', 'کدپستی', 'کد ده رقمی', 'postal code', 'postcode', 'zip', 'zip code'],
  lon: ['طول جغرافیایی', 'طول', 'lon', 'lng', 'long', 'longitude', 'x'],
  lat: ['عرض جغرافیایی', 'عرض', 'lat', 'latitude', 'y'],
}

const folded = (name: string) => name.toLowerCase().replace(/ي/g, 'ی').replace(/ك/g, 'ک').replace(/[\s_\-\u200c\ufeff]/g, '')
const known = new Map(roles.flatMap((role) => names[role].map((name) => [folded(name), role] as const)))

/** What each column is, told by its name; a role goes to the first column that has it. */
export function detect(header: readonly string[]): (Role | null)[] {
  const taken = new Set<Role>()
  return header.map((name) => {
    const role = known.get(folded(name)) ?? null
    if (role === null || taken.has(role)) return null
    taken.add(role)
    return role
  })
}

/** Whether the chosen columns say where something is. */
export const tells = (chosen: readonly (Role | null)[]) => chosen.some((role) => role !== null && ['address', 'street', 'postal_code', 'city', 'neighbourhood'].includes(role)) || (chosen.includes('lon') && chosen.includes('lat'))

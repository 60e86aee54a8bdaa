// What the inquiries about postal codes answer of a country without codes.
const none = (code, fa, en) => [404, code, [fa, fa, fa], [en, en, en]]

export function postal(path, query, problem, json) {
  if (path.startsWith('/v1/verify/')) return problem(...none('certificate-unknown', 'چنین گواهی‌ای داده نشده است', 'No such certificate was issued'))
  if (path === '/v1/postal-codes/search') return problem(401, 'sign-in-needed', ['ورود لازم است', 'وارد شوید.', 'وارد شوید.'], ['Sign in', 'Sign in.', 'Sign in.'])
  const digits = (path.endsWith('/validate') ? query.get('code') : decodeURIComponent(path.split('/').pop())).replace(/\D/g, '')
  const right = digits.length === 10
  const wrong = { code: 'POSTCODE_LENGTH', message: { fa: 'کد پستی ده رقم دارد', en: 'A postal code has ten digits' } }
  if (path.endsWith('/validate')) {
    const known = right ? false : null
    return json({ postal_code: right ? digits : '', format_valid: right, prefix_known: known, exists: known, active: known, errors: right ? [] : [wrong], warnings: [], suggestions: [] })
  }
  if (!right) return problem(422, 'postal-code-invalid', ['کد پستی نادرست است', wrong.message.fa, 'دوباره بنویسید.'], ['Wrong postal code', wrong.message.en, 'Enter it again.'])
  return problem(...none('postal-code-unknown', 'چنین کد پستی‌ای در داده نیست', 'There is no such postal code in the data'))
}

import { words, type Pair } from '../i18n/words'

/** What every page of inquiries says. */
export const pairs = {
  purpose: ['هدف از استعلام', 'Purpose of the inquiry'],
  'purpose.example': ['مانند: ثبت نشانی مشتری', 'Such as: address of a customer'],
  'purpose.why': ['هدف همراه پرسش ثبت می‌شود؛ محتوای پاسخ نگه داشته نمی‌شود.', 'The purpose is recorded with the question; the answer is not kept.'],
  'purpose.a': ['درستی نشانی خودم', 'Checking my own address'],
  'purpose.b': ['فرستادن مرسوله', 'Sending a parcel'],
  'purpose.c': ['ثبت نشانی مشتری', 'Address of a customer'],
  ask: ['استعلام', 'Ask'],
  certificate: ['شماره گواهی', 'Number of the certificate'],
  'certificate.hint': ['شماره زیر رمزینه گواهی یا برگه', 'The number under the QR code of the certificate or extract'],
  'certificate.code': ['کد پستی روی گواهی (اختیاری)', 'Postal code on the certificate (optional)'],
  valid: ['گواهی معتبر است', 'The certificate is valid'],
  expired: ['مدت گواهی گذشته است', 'The certificate has expired'],
  revoked: ['گواهی باطل شده است', 'The certificate was revoked'],
  current: ['برگه با داده کنونی برابر است', 'The extract shows what is published now'],
  older: ['داده پس از این برگه دگرگون شده است', 'The data has changed since this extract'],
  matches: ['گواهی از آن همین کد است.', 'The certificate is of this code.'],
  mismatch: ['گواهی از آن این کد نیست.', 'The certificate is not of this code.'],
  issued: ['داده شده در', 'Given out on'],
  until: ['معتبر تا', 'Valid until'],
  ended: ['باطل شده در', 'Revoked on'],
  revoke: ['باطل کردن گواهی', 'Revoke the certificate'],
  'revoke.reason': ['چرا باطل می‌شود؟', 'Why is it revoked?'],
  'revoke.hint': ['از آن پس بررسی این شماره می‌گوید که باطل است؛ دلیل ثبت می‌شود و بازگشت ندارد.', 'From then on its number is told to be revoked; the reason is recorded, and there is no way back.'],
  'revoke.done': ['گواهی باطل شد', 'The certificate is revoked'],
  'closed.title': ['برای این پرسش باید وارد شوید', 'This question needs a sign-in'],
  'closed.detail': ['این پاسخ به دستگاه‌هایی گفته می‌شود که نقش یا مجوز آن را دارند.', 'The answer is told to agencies that have a role or a grant for it.'],
  'closed.sign': ['ورود', 'Sign in'],
  plate: ['پلاک ثبتی', 'Registration plate'],
  section: ['بخش ثبتی', 'Registration section'],
  area: ['مساحت روی بیضوی', 'Area on the ellipsoid'],
  show: ['نمایش این قطعه', 'Show this parcel'],
} as const satisfies Record<string, Pair>

export const w = words(pairs)
export type Word = keyof typeof pairs

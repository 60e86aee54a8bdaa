import { words, type Pair } from '../i18n/words'

export const pairs = {
  title: ['پیگیری', 'Track'],
  lead: ['با شناسه پیگیری ببینید درخواست یا تحویل به کجا رسیده است و گام بعد با کیست.', 'With a tracking identifier one sees how far a request or a delivery is, and whose the next step is.'],
  id: ['شناسه پیگیری', 'Tracking identifier'],
  idHint: ['مانند {example}؛ حرف کوچک، رقم فارسی و بی‌خط تیره هم پذیرفته می‌شود.', 'Such as {example}; small letters, Persian digits and no dashes are taken too.'],
  go: ['پیگیری', 'Track'],
  next: ['گام بعد با', 'The next step is with'],
  since: ['از', 'since'],
  events: ['رویدادها', 'Events'],
  open: ['رفتن به تحویل', 'To the delivery'],
  'state.uploading': ['در حال بارگذاری', 'Files are coming in'],
  'state.abandoned': ['رها شد', 'Abandoned'],
  'state.received': ['دریافت شد', 'Received'],
  'state.inspected': ['خوانده شد', 'Looked into'],
  'state.confirmed': ['در حال بررسی', 'Being checked'],
  'state.validated': ['بررسی شد', 'Checked'],
  'state.submitted': ['به بازبین رسید', 'With a reviewer'],
  'state.reviewed': ['پذیرفته شد', 'Accepted'],
  'state.approved': ['در حال انتشار', 'Being published'],
  'state.published': ['منتشر شد', 'Published'],
  'state.unchanged': ['بی‌تغییر', 'Unchanged'],
  'state.returned': ['برای اصلاح بازگردانده شد', 'Returned to be mended'],
  'state.withdrawn': ['پس گرفته شد', 'Withdrawn'],
  'state.refused': ['رد شد', 'Refused'],
  'state.requested': ['درخواست شد', 'Requested'],
  'state.granted': ['داده شد', 'Granted'],
  'state.issued': ['صادر شد', 'Issued'],
  'state.revoked': ['متولی پس گرفت', 'Revoked'],
} as const satisfies Record<string, Pair>

export const w = words(pairs)
/** A state in words; one that is new to the page is shown as it came. */
export const stateName = (state: string) => (Object.hasOwn(pairs, `state.${state}`) ? w(`state.${state}` as 'state.received') : state)

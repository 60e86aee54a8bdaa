import { words, type Pair } from '../i18n/words'

export const pairs = {
  title: ['بازبینی', 'Review'],
  lead: ['تحویل‌هایی که بررسی خودکار را گذرانده‌اند و منتظر تصمیم شما هستند.', 'Deliveries that passed the automatic checks and wait for your decision.'],
  signin: ['بازبینی کار بازبین و منتشرکننده دستگاه است.', 'Reviewing is for reviewers and publishers of agencies.'],
  noRole: ['هیچ دستگاهی به شما نقش «بازبین» یا «منتشرکننده» نداده است. از سرپرست دستگاه خود بخواهید.', 'No agency has given you the role of reviewer or publisher. Ask your agency’s administrator.'],
  queue: ['در نوبت', 'Waiting'],
  done: ['تصمیم‌های پیشین', 'Earlier decisions'],
  empty: ['چیزی در نوبت نیست. تحویل تازه همین‌جا پدیدار می‌شود.', 'Nothing is waiting. A new delivery appears here.'],
  doneEmpty: ['هنوز تصمیمی گرفته نشده است.', 'No decision has been made yet.'],
  back: ['نوبت بازبینی', 'Queue of reviews'],
  since: ['از', 'Since'],
  result: ['نتیجه', 'Result'],
  open: ['تحویل', 'Delivery'],
  decide: ['تصمیم', 'Decision'],
  publish: ['انتشار', 'Publish'],
  publishWhy: ['داده منتشر می‌شود و نسخه تازه‌ای از مجموعه‌داده پدید می‌آید.', 'The data is published, and becomes a new version of the dataset.'],
  accept: ['پذیرفتن برای انتشار', 'Accept for publication'],
  acceptWhy: ['پس از آن منتشرکننده دستگاه تصمیم می‌گیرد.', 'A publisher of the agency decides next.'],
  return: ['بازگرداندن', 'Return'],
  returnAsk: ['برای اصلاح بازگردانده شود؟', 'Return it to be mended?'],
  returnWhy: ['فرستنده دلیل را می‌بیند. بنویسید چه چیزی، در کجا و چگونه درست شود.', 'The uploader reads the reason. Say what has to be mended, where, and how.'],
  note: ['یادداشت (اختیاری)', 'Note (optional)'],
  reason: ['دلیل', 'Reason'],
  large: ['{n} عارضه منتشرشده حذف می‌شود.', '{n} published features would go.', 'One published feature would go.'],
  own: ['آنچه خود بارگذاری کرده‌اید دیگری بازبینی می‌کند.', 'What you uploaded is reviewed by somebody else.'],
  sides: ['کنار هم', 'Side by side'],
  before: ['اکنون', 'Now'],
  after: ['پس از انتشار', 'After publication'],
  refused: ['رد شده', 'refused'],
} as const satisfies Record<string, Pair>

export const w = words(pairs)

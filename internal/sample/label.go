package sample

const labelName = "LABEL.txt"

// labelText stands beside the files and says what they are.
const labelText = `داده نمونه ساختگی

همه پرونده‌های این پوشه ساختگی است و برای آزمودن و آموزش سامانه تولید شده است.
هیچ شخص، ملک، نشانی، کد پستی یا پلاک ثبتی واقعی در آن نیست. تنها نام و کد استان‌ها
و جای تقریبی مرکز آن‌ها واقعی است؛ مرزها ساختگی است و به هیچ کار رسمی نمی‌آید.

Synthetic sample data

Every file in this folder is synthetic and was generated to try and to learn the system.
It holds no real person, property, address, postal code or registration plate. Only the
names and codes of the provinces and the rough positions of their capitals are real; all
boundaries are invented and fit for no official use.
`

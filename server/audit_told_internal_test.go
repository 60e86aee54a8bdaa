package server

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What entries keep in English is told in Persian without English words, except what somebody wrote and codes, which stand apart.
func TestAuditIsTold(t *testing.T) {
	t.Parallel()
	apart, latin := regexp.MustCompile("[\u2066\u2068][^\u2069]*\u2069|SHA-256"), regexp.MustCompile("[A-Za-z0-9]")
	for _, c := range [][3]string{
		{"permission", "account made, role given: reviewer, linked with \"7\" at https://id.example", "حساب ساخته شد، با نقش «بازبین»؛ پیوسته به \u20687\u2069 در \u2068https://id.example\u2069."},
		{"permission", "role taken away: committee-member", "نقش «عضو کمیته» گرفته شد."},
		{"permission", "key added: roles [uploader inquirer], scopes [upload:road *], networks [], until 2027-03-20T20:30:00Z", "کلید ساخته شد: نقش‌ها تحویل‌دهنده، استعلام‌گیرنده؛ دامنه \u2068upload:road *\u2069؛ شبکه‌ها همه؛ تا ۱۴۰۶/۰۱/۰۱ (\u20662027-03-21\u2069)."},
		{"permission", `agency changed: kind "contractor" → "municipality", name "ساری / Sari" → "شهرداری ساری / Sari", parent "" → "post"`, "دستگاه تغییر کرد: گونه پیمانکار ← شهرداری، نام \u2068ساری / Sari\u2069 ← \u2068شهرداری ساری / Sari\u2069، وابسته به هیچ ← \u2068post\u2069."},
		{"permission", `road delegated to naghsh, territory "", until 2027-03-20T20:30:00Z`, "موضوع \u2068road\u2069 به \u2068naghsh\u2069 واگذار شد؛ محدوده: همه قلمرو؛ تا ۱۴۰۶/۰۱/۰۱ (\u20662027-03-21\u2069)."},
		{"permission", `access of post to dataset:7 granted: territory "IR-23", attributes [name width], until 2027-03-20T20:30:00Z`, "به \u2068post\u2069 دسترسی به \u2068dataset:7\u2069 داده شد؛ محدوده: \u2068IR-23\u2069؛ صفت‌ها: \u2068name width\u2069؛ تا ۱۴۰۶/۰۱/۰۱ (\u20662027-03-21\u2069)."},
		{"review", "return: see row 20", "بازگردانده شد: \u2068see row 20\u2069"},
		{"review", "accept: ", "پذیرفته شد"},
		{"exception", "ADR-001: seen: on the spot", "یافته قاعده \u2068ADR-001\u2069 پذیرفته شد: \u2068seen: on the spot\u2069"},
		{"publication", "Version 3: 10 added, 2 altered, 0 removed.", "نسخه ۳: ۱۰ افزوده، ۲ دگرگون، ۰ حذف."},
		{"withdrawal", "Version 4: as version 0; 0 added, 0 altered, 12 removed. wrong town", "نسخه ۴: همه آنچه منتشر شده بود برداشته شد، ۱۲ عارضه: \u2068wrong town\u2069"},
		{"export", "a, b.csv, 12 bytes, sha256 0af1, bytes=0-9", "پرونده \u2068a, b.csv\u2069، ۱۲ بایت، بخش \u2068bytes=0-9\u2069؛ SHA-256: \u20680af1\u2069"},
		{"export", "5 entries, resource=person%3Amina", "۵ سطر از سوابق: \u2068resource=person:mina\u2069"},
		{"export", "5 entries, ", "۵ سطر از سوابق"},
		{"plan", "version 2 by decision 1405/12 of 2026-10-01, complete by 2029-03-19", "نسخه ۲، با تصمیم \u20681405/12\u2069 در ۱۴۰۵/۰۷/۰۹ (\u20662026-10-01\u2069)؛ تکمیل تا ۱۴۰۷/۱۲/۲۹ (\u20662029-03-19\u2069)."},
		{"style", "version 2, as version 1 Darker", "نسخه ۲: مانند نسخه ۱: \u2068Darker\u2069"},
		{"refusal", "key-refused", "کلید API درست نبود، یا پایان یافته یا لغو شده بود."},
	} {
		told := auditTold(c[0], c[1])
		assert.Equal(t, c[2], told.FA, c[1])
		assert.NotRegexp(t, "[\u0600-\u06ff]", apart.ReplaceAllString(told.EN, ""), c[1])
		if c[0] != "refusal" { // “API” is a word of both
			assert.NotRegexp(t, latin, apart.ReplaceAllString(told.FA, ""), c[1])
		}
	}
	own := auditTold("withdrawal", "پرونده اشتباه بود")
	assert.Equal(t, "پرونده اشتباه بود", own.FA, "somebody's own words are told as they are")
}

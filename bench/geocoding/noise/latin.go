package noise

import (
	"math/rand/v2"
	"strings"
)

// spoken is how common words sound, which their letters do not tell.
func spoken() map[string]string {
	m := map[string]string{}
	for _, pair := range strings.Fields(`شهدا:shohada امام:emam خمینی:khomeini آزادی:azadi ولی:vali عصر:asr انقلاب:enghelab شهید:shahid بهشتی:beheshti جمهوری:jomhuri اسلامی:eslami طالقانی:taleghani
		مطهری:motahari رضا:reza فردوسی:ferdowsi دکتر:doctor شریعتی:shariati سعدی:saadi حافظ:hafez معلم:moallem پاسداران:pasdaran کشاورز:keshavarz بسیج:basij کارگر:kargar شمالی:shomali جنوبی:jonubi
		بهمن:bahman شهریور:shahrivar خرداد:khordad تیر:tir فروردین:farvardin وحدت:vahdat استقلال:esteghlal قدس:ghods فلسطین:felestin مدرس:modarres باهنر:bahonar رجایی:rajaei چمران:chamran همت:hemmat
		ملت:mellat میهن:mihan پیروزی:piroozi دانشگاه:daneshgah فرهنگ:farhang بازار:bazar ساحلی:saheli بهار:bahar گلستان:golestan بوستان:bustan لاله:laleh یاس:yas نرگس:narges بنفشه:banafsheh سوسن:susan
		نسترن:nastaran مریم:maryam خیابان:khiaban کوچه:kuche بلوار:bolvar میدان:meydan بزرگراه:bozorgrah بن‌بست:bonbast پلاک:pelak واحد:vahed طبقه:tabaghe بلوک:block جاده:jadde معبر:maabar
		تهران:tehran اصفهان:esfahan فارس:fars کرمان:kerman یزد:yazd قم:qom گیلان:gilan مازندران:mazandaran خراسان:khorasan رضوی:razavi خوزستان:khuzestan آباد:abad شهر:shahr دشت:dasht کلا:kola
		حسین:hossein علی:ali محمد:mohammad حسن:hasan احمدی:ahmadi محمدی:mohammadi حسینی:hosseini رضایی:rezaei کریمی:karimi هفت:haft پانزده:panzdah صدر:sadr نور:nur اول:avval دوم:dovom سوم:sevom چهارم:chaharom پنجم:panjom متری:metri آیت‌الله:ayatollah مهندس:mohandes اصلی:asli مهر:mehr گل:gol سبز:sabz`) {
		fa, latin, _ := strings.Cut(pair, ":")
		m[fa] = latin
	}
	return m
}

// schemes are three ways of writing the consonants and long vowels.
func schemes() []map[rune]string {
	base := map[rune]string{
		'ا': "a", 'آ': "a", 'ب': "b", 'پ': "p", 'ت': "t", 'ث': "s", 'ج': "j", 'چ': "ch", 'ح': "h", 'خ': "kh", 'د': "d", 'ذ': "z", 'ر': "r", 'ز': "z", 'ژ': "zh", 'س': "s", 'ش': "sh", 'ص': "s",
		'ض': "z", 'ط': "t", 'ظ': "z", 'ع': "a", 'غ': "gh", 'ف': "f", 'ق': "gh", 'ک': "k", 'گ': "g", 'ل': "l", 'م': "m", 'ن': "n", 'و': "u", 'ه': "h", 'ی': "i", 'ئ': "i",
	}
	with := func(pairs map[rune]string) map[rune]string {
		m := map[rune]string{}
		for k, v := range base {
			m[k] = v
		}
		for k, v := range pairs {
			m[k] = v
		}
		return m
	}
	return []map[rune]string{base, with(map[rune]string{'ق': "q", 'و': "oo", 'ی': "ee", 'آ': "aa"}), with(map[rune]string{'و': "ou", 'ی': "y", 'ق': "q", 'ع': "'"})}
}

// romanise writes the question in Latin letters, without the short vowels that somebody who is in a hurry leaves out.
func romanise(r *rand.Rand, d *Draft) (string, bool) {
	scheme, dropVowels, words := one(r, schemes()...), r.IntN(3) == 0, spoken()
	d.separator = one(r, " ", ", ")
	return "", rewrite(d, func(s string) string {
		out := strings.Fields(strings.ReplaceAll(s, "،", ","))
		for i, w := range out {
			var b strings.Builder
			for k, piece := range strings.Split(strings.TrimSuffix(w, ","), "\u200c") {
				if k > 0 && !dropVowels {
					b.WriteString("-")
				}
				latin, known := words[piece]
				if whole, ok := words[strings.TrimSuffix(w, ",")]; ok {
					if k == 0 {
						b.Reset()
						b.WriteString(whole)
					}
					continue
				}
				if !known || dropVowels && k == 0 && len(piece) > 10 {
					latin = spell(piece, scheme, dropVowels)
				}
				b.WriteString(latin)
			}
			if strings.HasSuffix(w, ",") {
				b.WriteString(",")
			}
			out[i] = strings.TrimSuffix(b.String(), "-")
		}
		return strings.Join(out, " ")
	})
}

// spell writes a word letter by letter; between two consonants people say a vowel, mostly a.
func spell(word string, scheme map[rune]string, dropVowels bool) string {
	var b strings.Builder
	consonant := false
	runes := []rune(asciiDigits(word))
	for i, c := range runes {
		latin, known := scheme[c]
		if !known {
			b.WriteRune(c)
			consonant = false
			continue
		}
		vowel := strings.ContainsRune("اآویع", c)
		if i == 0 && (c == 'و' || c == 'ی') {
			latin, vowel = map[rune]string{'و': "v", 'ی': "y"}[c], false
		}
		if consonant && !vowel && !dropVowels && i+1 <= len(runes) && i%2 == 1 {
			b.WriteString("a")
		}
		if c == 'ه' && i > 1 && i == len(runes)-1 {
			latin = "eh"
		}
		b.WriteString(latin)
		consonant = !vowel
	}
	return b.String()
}

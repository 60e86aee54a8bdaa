package noise

// abbreviations are how people shorten the words of an address. Some of them nobody has put on a list before.
func abbreviations() map[string][]string {
	return map[string][]string{
		"خیابان":  {"خ", "خ.", "خیا", "خیابون", "خیاب.", "خ-"},
		"کوچه":    {"ک", "ک.", "کو", "کوچ.", "ک-"},
		"بن‌بست":  {"ب.ب", "بن بست", "بنبست", "بن.ب"},
		"بلوار":   {"بل", "بل.", "بلو", "بولوار", "بلوا."},
		"میدان":   {"م", "م.", "مید", "میدون", "فلکه"},
		"بزرگراه": {"بزرگ راه", "اتوبان", "ب.راه", "بزر."},
		"جاده":    {"جاده", "جا."},
		"پلاک":    {"پ", "پ.", "پلاک:", "پلا", "شماره", "پلاک شماره", "پل.", "پ-"},
		"واحد":    {"و", "و.", "آپارتمان", "واح.", "یونیت"},
		"طبقه":    {"ط", "ط.", "طبقه‌ی", "طب."},
		"بلوک":    {"بلوک", "بلو", "بلک", "بلوک:"},
		"معبر":    {"معبر"},
	}
}

// Abbreviations are all short forms, for the test that enough of them are foreign to the engine.
func Abbreviations() (all []string) {
	for word, short := range abbreviations() {
		for _, s := range short {
			if s != word {
				all = append(all, s)
			}
		}
	}
	return all
}

// titles stand before names and are left out; the longer before what they begin with.
func titles() []string {
	return []string{"حاج", "شهید", "آیت‌الله", "دکتر", "مهندس", "استاد", "علامه", "سپهبد", "سردار", "پروفسور", "امام", "حضرت", "شیخ", "سید", "خواجه"}
}

// shortTitles are written in place of titles. What is left out altogether is an operator of its own.
func shortTitles() map[string][]string {
	return map[string][]string{"شهید": {"ش", "ش.", "شه."}, "دکتر": {"د", "د.", "دک."}, "آیت‌الله": {"آیت الله", "آیت ا...", "ایت‌اله"}, "حاج": {"ح."}, "مهندس": {"م.", "مهن."}}
}

// chatter is what people add to an address.
func chatter() []string {
	return []string{
		"لطفا زنگ نزنید", "تلفن ۰۲۱۸۸۷۷۶۶۵۵", "تماس 09121234567", "گیرنده: آقای محمدی", "ساعت اداری", "به دست خانم کریمی برسد", "آدرس:", "زنگ دوم", "درب سفید رنگ",
		"لطفا قبل از ارسال تماس بگیرید", "شرکت بازرگانی نمونه", "همراه مشتری 09351112233", "تحویل به نگهبانی",
	}
}

// landmarks are written behind a way, with a word before them, and are in no register.
func landmarks() []string {
	return []string{"بانک ملت", "مسجد امام حسن", "داروخانه شبانه‌روزی", "مدرسه دخترانه", "فروشگاه رفاه", "پمپ بنزین", "درمانگاه", "نانوایی", "بوستان محله", "کتابخانه عمومی"}
}

func nearness() []string {
	return []string{"جنب", "روبروی", "روبه‌روی", "پشت", "نرسیده به", "بعد از", "کنار", "نزدیک", "بغل"}
}

// nonsense has the shape of a question and no place in the country.
func nonsense() []string {
	return []string{
		"asdkj qwoeiu zxmcn", "لتنمک شسیبل ظطزر", "10 Downing Street, London", "Rue de Rivoli 99, Paris", "برج ایفل پاریس", "خیابان شانزه‌لیزه، پاریس، پلاک ۱۰", "1600 Pennsylvania Ave NW",
		"دبی، شیخ زاید رود، برج ۲", "استانبول، خیابان استقلال، ۱۲", "چگونه کیک بپزم", "قیمت دلار امروز", "۱۲۳۴۵۶۷۸۹۰۱۲۳۴", "؟؟؟ ... !!!", "مریخ، دهانه شماره ۴، گنبد ۷", "خخخخخخ ههههههه",
		"select * from users", "هوای فردا چطور است", "Shibuya 1-2-3 Tokyo", "بغداد، شارع الرشید، ۴۵", "کابل، کارته سه، سرک دوم", "پلاک ۷ واحد ۳ طبقه ۲", "qwerty uiop", "لورم ایپسوم متن ساختگی",
		"کهکشان راه شیری ستاره ۹", "Hauptstraße 5, 10115 Berlin",
	}
}

// neighbours are the letters beside each on the keyboard; families those that differ by dots or sound the same.
func neighbours() []string {
	return []string{"ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو"}
}

func families() []string {
	return []string{"بپتثن", "جچحخ", "دذ", "رزژ", "سش", "صض", "طظ", "عغ", "فق", "کگ", "زذضظ", "سصث", "تط", "حه", "قغ", "اع"}
}

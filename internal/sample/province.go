package sample

// province is one of the 31 first-level units. Name, code and the capital's rough position are real.
type province struct {
	code, nameFA, nameEN string
	capital              xy
	// postal lists the leading digits of its postal codes. The share-out follows the country's sorting regions
	// roughly and is not official; what matters is that no two provinces share one.
	postal []string
	ring   []xy // filled by drawCountry
}

// provinces returns a fresh table, in the order of ISO 3166-2.
func provinces() []province {
	return []province{
		{code: "IR-00", nameFA: "مرکزی", nameEN: "Markazi", capital: xy{49.69, 34.09}, postal: []string{"38", "39"}},
		{code: "IR-01", nameFA: "گیلان", nameEN: "Gilan", capital: xy{49.58, 37.28}, postal: []string{"41", "43", "44"}},
		{code: "IR-02", nameFA: "مازندران", nameEN: "Mazandaran", capital: xy{53.06, 36.56}, postal: []string{"46", "47", "48"}},
		{code: "IR-03", nameFA: "آذربایجان شرقی", nameEN: "East Azerbaijan", capital: xy{46.29, 38.08}, postal: []string{"51", "53", "54", "55"}},
		{code: "IR-04", nameFA: "آذربایجان غربی", nameEN: "West Azerbaijan", capital: xy{45.07, 37.55}, postal: []string{"57", "58", "59"}},
		{code: "IR-05", nameFA: "کرمانشاه", nameEN: "Kermanshah", capital: xy{47.06, 34.31}, postal: []string{"67"}},
		{code: "IR-06", nameFA: "خوزستان", nameEN: "Khuzestan", capital: xy{48.68, 31.32}, postal: []string{"61", "63", "64"}},
		{code: "IR-07", nameFA: "فارس", nameEN: "Fars", capital: xy{52.53, 29.60}, postal: []string{"71", "73", "74"}},
		{code: "IR-08", nameFA: "کرمان", nameEN: "Kerman", capital: xy{57.08, 30.28}, postal: []string{"76", "77", "78"}},
		{code: "IR-09", nameFA: "خراسان رضوی", nameEN: "Razavi Khorasan", capital: xy{59.60, 36.30}, postal: []string{"91", "93", "95", "96"}},
		{code: "IR-10", nameFA: "اصفهان", nameEN: "Isfahan", capital: xy{51.67, 32.65}, postal: []string{"81", "83", "84", "85", "86", "87"}},
		{code: "IR-11", nameFA: "سیستان و بلوچستان", nameEN: "Sistan and Baluchestan", capital: xy{60.86, 29.50}, postal: []string{"98", "99"}},
		{code: "IR-12", nameFA: "کردستان", nameEN: "Kurdistan", capital: xy{46.99, 35.31}, postal: []string{"66"}},
		{code: "IR-13", nameFA: "همدان", nameEN: "Hamadan", capital: xy{48.51, 34.80}, postal: []string{"65"}},
		{code: "IR-14", nameFA: "چهارمحال و بختیاری", nameEN: "Chaharmahal and Bakhtiari", capital: xy{50.86, 32.33}, postal: []string{"88"}},
		{code: "IR-15", nameFA: "لرستان", nameEN: "Lorestan", capital: xy{48.36, 33.49}, postal: []string{"68"}},
		{code: "IR-16", nameFA: "ایلام", nameEN: "Ilam", capital: xy{46.42, 33.64}, postal: []string{"69"}},
		{code: "IR-17", nameFA: "کهگیلویه و بویراحمد", nameEN: "Kohgiluyeh and Boyer-Ahmad", capital: xy{51.59, 30.67}, postal: []string{"755", "756", "757", "758", "759"}},
		{code: "IR-18", nameFA: "بوشهر", nameEN: "Bushehr", capital: xy{50.84, 28.97}, postal: []string{"751", "753", "754"}},
		{code: "IR-19", nameFA: "زنجان", nameEN: "Zanjan", capital: xy{48.48, 36.67}, postal: []string{"45"}},
		{code: "IR-20", nameFA: "سمنان", nameEN: "Semnan", capital: xy{53.39, 35.57}, postal: []string{"35", "36"}},
		{code: "IR-21", nameFA: "یزد", nameEN: "Yazd", capital: xy{54.36, 31.90}, postal: []string{"89"}},
		{code: "IR-22", nameFA: "هرمزگان", nameEN: "Hormozgan", capital: xy{56.28, 27.18}, postal: []string{"79"}},
		{code: "IR-23", nameFA: "تهران", nameEN: "Tehran", capital: xy{51.39, 35.70}, postal: []string{"13", "14", "15", "16", "17", "18", "19"}},
		{code: "IR-24", nameFA: "اردبیل", nameEN: "Ardabil", capital: xy{48.29, 38.25}, postal: []string{"56"}},
		{code: "IR-25", nameFA: "قم", nameEN: "Qom", capital: xy{50.88, 34.64}, postal: []string{"37"}},
		{code: "IR-26", nameFA: "قزوین", nameEN: "Qazvin", capital: xy{50.00, 36.27}, postal: []string{"34"}},
		{code: "IR-27", nameFA: "گلستان", nameEN: "Golestan", capital: xy{54.44, 36.84}, postal: []string{"49"}},
		{code: "IR-28", nameFA: "خراسان شمالی", nameEN: "North Khorasan", capital: xy{57.33, 37.47}, postal: []string{"94"}},
		{code: "IR-29", nameFA: "خراسان جنوبی", nameEN: "South Khorasan", capital: xy{59.22, 32.87}, postal: []string{"97"}},
		{code: "IR-30", nameFA: "البرز", nameEN: "Alborz", capital: xy{50.99, 35.83}, postal: []string{"31", "33"}},
	}
}

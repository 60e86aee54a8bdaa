package persian_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"nsdi/gnaf/persian"
)

// told writes the parts of an address in one line.
func told(a *persian.Address) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	add("province", a.Province)
	add("county", a.County)
	add("district", a.District)
	add("rural", a.RuralDistrict)
	add("city", a.City)
	add("village", a.Village)
	add("zone", a.Zone)
	add("subzone", a.SubZone)
	add("neighbourhood", a.Neighbourhood)
	add("township", a.Township)
	add("phase", a.Phase)
	add("km", a.Kilometre)
	for _, w := range a.Ways {
		also := ""
		if w.Also != "" {
			also = " (" + w.Also + ")"
		}
		add("way", w.Kind+":"+w.Name+also)
	}
	if a.Number != nil {
		add("number", a.Number.String())
	}
	if a.OldNumber != nil {
		add("old", a.OldNumber.String())
	}
	if a.Plate != nil {
		add("plate", strings.TrimSpace(fmt.Sprintf("%d/%d %s", a.Plate.Sub, a.Plate.Main, a.Plate.Section)))
	}
	add("building", a.Building)
	add("block", a.Block)
	add("entrance", a.Entrance)
	add("lot", a.Lot)
	for _, f := range a.Floors {
		add("floor", fmt.Sprint(f))
	}
	add("unit", a.Unit)
	add("code", a.PostalCode)
	add("box", a.POBox)
	add("at", strings.Join(a.Landmarks, " + "))
	for _, r := range a.Relations {
		of := strings.Join(r.Of, " × ")
		if r.Also != "" {
			of += " (" + r.Also + ")"
		}
		if r.Crossing {
			of = "crossing " + of
		}
		add(r.Kind, strings.TrimSpace(r.Side+" "+of))
	}
	for _, n := range a.Names {
		add("name", n.Text)
	}
	add("?", strings.Join(a.Unplaced, " + "))
	return strings.Join(parts, " | ")
}

// Forms of addresses: official, short, without commas, in either direction, in Latin letters.
func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"استان یزد، شهرستان میبد، بخش مرکزی، شهر میبد، محله فیروزآباد، خیابان امام، کوچه ۵، پلاک ۱۲، طبقه ۲، واحد ۳", "province=یزد | county=میبد | district=مرکزی | city=میبد | neighbourhood=فیروزآباد | way=خیابان:امام | way=کوچه:۵ | number=12 | floor=2 | unit=۳"},
		{"واحد ۳، طبقه ۲، پلاک ۱۲، کوچه ۵، خیابان امام، میبد، استان یزد", "province=یزد | way=کوچه:۵ | way=خیابان:امام | number=12 | floor=2 | unit=۳ | name=میبد"},
		{"تهران خ آزادی ک گلها پ ۱۲ ط ۳", "city=تهران | way=خیابان:آزادی | way=کوچه:گلها | number=12 | floor=3"},
		{"خ. آزادی، پ.12، و.3", "way=خیابان:آزادی | number=12 | unit=3"},
		{"سعادت آباد، بلوار پاکنژاد جنوب، بعد از تقاطع سرو، ک گلها، پ 11، برج سروناز، واحد 1", "way=بلوار:پاکنژاد جنوب | way=کوچه:گلها | number=11 | building=برج سروناز | unit=1 | after=تقاطع سرو | name=سعادت آباد"},
		{"میدان آرژانتین، خیابان زاگرس، نبش خیابان ۳۳، پلاک ۲۳", "way=میدان:آرژانتین | way=خیابان:زاگرس | number=23 | corner=خیابان ۳۳"},
		{"تهران، خیابان ولی عصر (عج) بالاتر از ظفر، بلوار اسفندیار، پلاک 5", "city=تهران | way=خیابان:ولی عصر | way=بلوار:اسفندیار | number=5 | upstream=ظفر"},
		{"بزرگراه آزادگان – بعد از تقاطع فتح به سمت جنوب – نرسیده به خروجی احمد آباد مستوفی – کوچه رب گلاره", "way=بزرگراه:آزادگان | way=کوچه:رب گلاره | after=تقاطع فتح | towards=جنوب | before=خروجی احمد آباد مستوفی"},
		{"شهرک صنعتی، بلوک ۶۶ طبقه همکف", "township=صنعتی | block=۶۶ | floor=0"},
		{"مشهد، معلم 3 میلان 4", "city=مشهد | way=میلان:4 | name=معلم 3"},
		// Numbers.
		{"کوچه کاج پلاک12", "way=کوچه:کاج | number=12"},
		{"کوچه کاج پلاک: 12", "way=کوچه:کاج | number=12"},
		{"کوچه کاج پلاک 12 الف", "way=کوچه:کاج | number=12 الف"},
		{"کوچه کاج پلاک 12/1", "way=کوچه:کاج | number=12/1"},
		{"کوچه کاج پلاک 12 مکرر", "way=کوچه:کاج | number=12 مکرر"},
		{"کوچه کاج پلاک 12 جدید", "way=کوچه:کاج | number=12"},
		{"کوچه کاج پلاک 12 پلاک 34 قدیم", "way=کوچه:کاج | number=12 | old=34"},
		{"کوچه کاج پلاک 12 پلاک قدیم 34", "way=کوچه:کاج | number=12 | old=34"},
		{"کوچه کاج پلاک 12-14", "way=کوچه:کاج | number=12-14"},
		{"کوچه کاج پلاک 12 و 14", "way=کوچه:کاج | number=12-14"},
		{"کوچه کاج پلاک 12 الی 14", "way=کوچه:کاج | number=12-14"},
		{"کوچه کاج پلاک ۱۲ تا ۱۴", "way=کوچه:کاج | number=12-14"},
		{"کوچه کاج پلاک 12+1", "way=کوچه:کاج | number=13"},
		{"کوچه کاج پلاک دوازده", "way=کوچه:کاج | number=12"},
		{"کوچه کاج، 12", "way=کوچه:کاج | number=12"},
		{"کوچه کاج شماره 12A", "way=کوچه:کاج | number=12 A"},
		{"کوچه کاج پلاک 12 پلاک 13", "way=کوچه:کاج | number=12 | ?=پلاک 13"},
		// The plate of the land registry is no house number.
		{"پلاک ثبتی شماره ۱۶۱۷ فرعی از ۷۲ اصلی واقع در بخش ثبتی ۳", "plate=1617/72 ۳"},
		{"کوچه کاج پلاک 12 پلاک ثبتی ۱۲/۴۵۶۷", "way=کوچه:کاج | number=12 | plate=12/4567"},
		{"خیابان امام، ۱۲ فرعی از ۴۵ اصلی بخش ۲", "way=خیابان:امام | plate=12/45 ۲"},
		{"پلاک ثبتی 45 اصلی قطعه 7", "plate=0/45"},
		// Codes and boxes.
		{"یزد، صندوق پستی 97175/615", "city=یزد | box=97175/615"},
		{"یزد ص.پ 19395-3333 کدپستی: ۸۹۱۷۹-۵۷۹۱۴", "city=یزد | code=۸۹۱۷۹-۵۷۹۱۴ | box=19395-3333"},
		{"کوچه کاج پلاک 3 8917957914", "way=کوچه:کاج | number=3 | code=8917957914"},
		// Floors, units, blocks, entrances.
		{"برج آسمان، طبقه منفی یک، واحد B12", "building=برج آسمان | floor=-1 | unit=B12"},
		{"مجتمع نور بلوک A ورودی 2 طبقات اول و دوم واحد شمالی", "building=مجتمع نور | block=A | entrance=2 | unit=شمالی | name=طبقات اول و دوم"},
		{"زیرزمین، واحد الف", "floor=-1 | unit=الف"},
		// Words with several readings.
		{"تهران م 6 م ونک", "city=تهران | zone=6 | way=میدان:ونک"},
		{"بل کشاورز بل 3", "way=بلوار:کشاورز | block=3"},
		{"سر کوچه نور", "corner=کوچه نور"},
		{"چهارراه ولیعصر", "way=چهارراه:ولیعصر"},
		{"یزد، دانشگاه، پلاک: 1", "city=یزد | number=1 | at=دانشگاه"},
		{"چهارراه ولیعصر و انقلاب", "intersection=ولیعصر × انقلاب"},
		{"محدوده سعادت آباد", "neighbourhood=سعادت آباد"},
		{"محدوده میدان ونک", "near=میدان ونک"},
		{"تقاطع بیست و دو بهمن و آزادی", "intersection=بیست و دو بهمن × آزادی"},
		// Names that look like something else.
		{"هفت تیر", "name=هفت تیر"},
		{"Cutler Corner Rd, Orange", "name=Cutler Corner Rd | name=Orange"},
		{"خیابان سازمان آب", "way=خیابان:سازمان آب"},
		{"۲۰ متری جوادیه، بیست متری افسریه", "way=متری:۲۰ متری جوادیه | way=متری:بیست متری افسریه"},
		{"کوچه بن بست نور", "way=کوچه:بن بست نور"},
		{"اتوبان تهران - قم کیلومتر 20", "km=20 | way=بزرگراه:تهران - قم"},
		{"روستای ده نو، کوچهی مسجد", "village=ده نو | way=کوچه:مسجد"},
		{"محله‌ی نصر خیابون کاج", "neighbourhood=نصر | way=خیابان:کاج"},
		{"ضلع جنوب شرقی میدان ونک", "side-of=جنوب شرقی میدان ونک"},
		// Without commas, or with a tatweel for a dash.
		{"کوچه شماره ۱۲ (شهید رضایی)، پلاک ۳", "way=کوچه:شماره ۱۲ (شهید رضایی) | number=3"},
		{"استان فارس شهرستان مرودشت بخش درودزن دهستان رامجرد روستای کوشک پلاک 14", "province=فارس | county=مرودشت | district=درودزن | rural=رامجرد | village=کوشک | number=14"},
		{"کوچه یازدهم پلاک ۲۳ واحد ۴ شرقی", "way=کوچه:یازدهم | number=23 | unit=۴ شرقی"},
		{"شهرک غرب فاز ۵ خیابان ایران زمین شمالی", "township=غرب | phase=۵ | way=خیابان:ایران زمین شمالی"},
		{"قم خیابان صفائیه کوچه ۲۸ فرعی ۳ پلاک ۱۷", "city=قم | way=خیابان:صفائیه | way=کوچه:۲۸ فرعی ۳ | number=17"},
		{"خ ولیعصر نرسیده به میدان ونک خ برادران شریفی پلاک ۲", "way=خیابان:ولیعصر | way=خیابان:برادران شریفی | number=2 | before=میدان ونک"},
		{"تهران ـ خیابان انقلاب بین خیابان فلسطین و وصال ـ پلاک ۱۱۹۰", "city=تهران | way=خیابان:انقلاب | number=1190 | between=خیابان فلسطین × وصال"},
		{"خیابان بین الملل", "way=خیابان:بین الملل"},
		{"Tehran, Azadi Square, khiaban-e Valiasr, no 12", "way=میدان:Azadi | way=خیابان:Valiasr | number=12 | name=Tehran"},
	} {
		assert.Equal(t, c[1], told(persian.Parse(c[0], nil)), c[0])
	}
}

// What can be read otherwise is said.
func TestDoubts(t *testing.T) {
	t.Parallel()
	codes := func(s string) (codes []string) {
		for _, d := range persian.Parse(s, nil).Doubts {
			codes = append(codes, d.Code+" "+d.Text)
		}
		return codes
	}
	assert.Empty(t, codes("شیراز، خیابان زند، پلاک ۵"))
	assert.Equal(t, []string{"several-readings تهران"}, codes("تهران، خیابان زند"), "the city or the province")
	assert.Equal(t, []string{"plate-order ۱۲/۴۵۶۷"}, codes("پلاک ثبتی ۱۲/۴۵۶۷"))
	assert.Equal(t, []string{"odd-number 0.0"}, codes("کوچه کاج پلاک 0.0"))
	assert.Equal(t, []string{"odd-number صفر"}, codes("کوچه کاج پلاک صفر"))
	assert.Equal(t, []string{"bare-number 12"}, codes("کوچه کاج، 12"))
	assert.Equal(t, []string{"no-kind ولنجک"}, codes("ولنجک"))
	assert.Equal(t, []string{"no-name خیابان"}, codes("خیابان، پلاک 3"))
	assert.Equal(t, []string{"split شیراز نو", "no-kind نو"}, codes("شیراز نو"))
	assert.Equal(t, []string{"no-kind odhfhk Hchnd", "keyboard خیابان آزادی"}, codes("odhfhk Hchnd"))
}

// A gazetteer places names that no word explains; a second city stays a name.
func TestParseWithGazetteer(t *testing.T) {
	t.Parallel()
	known := map[string][]string{"فریمان": {"city", "county"}, "تجریش": {"neighbourhood"}, "لنگرود": {"county", "city"}}
	gazetteer := func(key string) []string { return known[key] }
	assert.Equal(t, "province=خراسان رضوی | city=فریمان | way=کوچه:توحیدی", told(persian.Parse("خراسان رضوی فریمان کوچه توحیدی", gazetteer)))
	assert.Equal(t, "city=تهران | neighbourhood=تجریش | way=خیابان:الوند", told(persian.Parse("تهران تجریش خیابان الوند", gazetteer)))
	assert.Equal(t, "province=تهران | city=تهران", told(persian.Parse("تهران، تهران", gazetteer)))
	assert.Equal(t, "province=گیلان | county=لنگرود | name=راه پشته", told(persian.Parse("گیلان، لنگرود، راه پشته", gazetteer)))
	assert.True(t, persian.Parse("شیراز، خیابان زند", gazetteer).Whole())
	assert.False(t, persian.Parse("شیراز، زند", gazetteer).Whole())
}

func ExampleParse() {
	a := persian.Parse("تهران، خ. آزادی، نبش ک گلها، پ ۱۲، ط همکف", nil)
	fmt.Println(a.City, a.Ways[0].Full(), a.Number, a.Floors, a.Relations[0].Kind, a.Relations[0].Of)
	fmt.Println(a.Standard())
	// Output:
	// تهران خیابان آزادی 12 [0] corner [ک گلها]
	// شهر تهران، خیابان آزادی، پلاک 12، همکف
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		persian.Parse("تهران، منطقه 6، محله وصال شیرازی، م. ولی عصر، ضلع جنوبی بلوار کشاورز، پلاک 22، طبقه پنجم", nil)
	}
}

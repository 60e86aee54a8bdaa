package sample

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Upper limits of addresses in one place: they bound what is held at a time and the size of every file.
const (
	cityLimit    = 30000
	townLimit    = 3000
	villageLimit = 300
)

// county is a piece of a province with its settlements.
type county struct {
	code, nameFA, nameEN string
	province             *province
	box                  box
	ring                 []xy
	prefix               string // first five digits of its postal codes
	settlements          []*settlement
	ordinal              int // in the country, in the order of planning
	number               int // in the province
}

// plan is the whole country before anything is written.
type plan struct {
	seed      uint64
	words     *lexicon
	provinces []province
	border    []xy
	counties  []*county // grouped by province
	dirty     *settlement
	addresses int
}

// share is what a county asks for: addresses for its city, its towns and its villages.
type share struct {
	city     int
	towns    []int
	villages []int
}

func (s share) total() int {
	n := s.city
	for _, v := range append(slices.Clone(s.towns), s.villages...) {
		n += v
	}
	return n
}

// newPlan lays out the country for a number of addresses.
func newPlan(ctx context.Context, o Options) (*plan, error) {
	p := &plan{seed: o.Seed, words: newLexicon(), provinces: provinces(), addresses: o.Addresses}
	p.border = drawCountry(p.provinces)

	n := o.Addresses
	part := func(percent float64, limit int) int { return min(limit, int(float64(n)*percent/100)) }
	fars := share{city: part(13, cityLimit/2), villages: []int{part(1, villageLimit), part(0.6, villageLimit)}}
	khorasan := share{city: part(9, cityLimit/2), villages: []int{part(0.8, villageLimit), part(0.8, villageLimit)}}
	coast := share{
		towns:    []int{part(8, townLimit), part(6, townLimit), part(4, townLimit)},
		villages: []int{part(1, villageLimit), part(1, villageLimit), part(0.8, villageLimit), part(0.8, villageLimit), part(0.6, villageLimit)},
	}
	coast.city = min(cityLimit, n-fars.total()-khorasan.total()-coast.total())
	rest := n - fars.total() - khorasan.total() - coast.total()

	if err := p.addCounty(ctx, 2, coastBox(), coast); err != nil {
		return nil, err
	}
	lattice := newLattice(p)
	if err := p.addOnLattice(ctx, lattice, 7, fars); err != nil {
		return nil, err
	}
	if err := p.addOnLattice(ctx, lattice, 9, khorasan); err != nil {
		return nil, err
	}
	for i := 0; rest > 0; i++ {
		s := extraCounty(rest)
		rest -= s.total()
		if err := p.addOnLattice(ctx, lattice, i%len(p.provinces), s); err != nil {
			return nil, err
		}
	}
	p.dirty = p.dirtyTown()
	if err := p.dirty.lay(ctx, coastBox().at(0.5, 0.66)); err != nil {
		return nil, err
	}
	// Files are one a province or one a county, so that only one of each is open at a time.
	slices.SortStableFunc(p.counties, func(a, b *county) int { return strings.Compare(a.code, b.code) })
	return p, p.assignPostalCodes()
}

// extraCounty takes up to a full county from what is left.
func extraCounty(rest int) share {
	s := share{towns: make([]int, 2), villages: make([]int, 4)}
	full := cityLimit*4/5 + 2*townLimit*4/5 + 4*villageLimit*4/5
	n := min(rest, full)
	for i := range s.towns {
		s.towns[i] = n / 12
	}
	for i := range s.villages {
		s.villages[i] = n / 130
	}
	s.city = n - s.total()
	return s
}

// addCounty places a county and lays out its settlements.
func (p *plan) addCounty(ctx context.Context, prov int, b box, s share) error {
	pr := &p.provinces[prov]
	ordinal := len(p.counties) + 1
	here := 1
	for _, c := range p.counties {
		if c.province == pr {
			here++
		}
	}
	c := &county{
		code: fmt.Sprintf("%s-S%02d", pr.code, here), province: pr, box: b, ring: b.ring(), ordinal: ordinal, number: here,
		nameFA: "شهرستان نمونه " + persian(ordinal), nameEN: fmt.Sprintf("Sample County %d", ordinal),
	}
	add := func(kind string, i, target int, at xy) error {
		st := &settlement{seed: p.seed, words: p.words, kind: kind, county: c, target: target}
		st.code, st.nameFA, st.nameEN = c.placeName(kind, i)
		st.delivered = deliveredThemes(kind, ordinal, i)
		st.more = kind == kindCity && (ordinal == 3 || ordinal == 8) // two that are complete
		st.expected = int(math.Ceil(float64(target) / between(stream(p.seed, "expected", st.code), 0.6, 0.8)))
		if err := st.lay(ctx, at); err != nil {
			return err
		}
		c.settlements = append(c.settlements, st)
		return nil
	}
	// The city begins a kilometre inside the northern edge and grows southwards.
	if err := add(kindCity, 0, s.city, xy{(b.west + b.east) / 2, b.north - 0.009}); err != nil {
		return err
	}
	for i, n := range s.towns {
		if err := add(kindTown, i, n, b.at([]float64{0.2, 0.8, 0.5}[i%3], 0.52)); err != nil {
			return err
		}
	}
	for i, n := range s.villages {
		if err := add(kindVillage, i, n, b.at(0.1+0.2*float64(i), 0.36)); err != nil {
			return err
		}
	}
	p.counties = append(p.counties, c)
	return nil
}

// placeName invents names that nobody takes for a real place.
func (c *county) placeName(kind string, i int) (code, fa, en string) {
	switch kind {
	case kindCity:
		code, fa, en = fmt.Sprintf("%s-C1", c.code), "نمونه‌شهر", "Nemuneh-Shahr"
	case kindTown:
		code = fmt.Sprintf("%s-C%d", c.code, i+2)
		fa = []string{"آزمون‌آباد", "فرض‌آباد", "ساختگی‌شهر"}[i%3]
		en = []string{"Azmun-Abad", "Farz-Abad", "Sakhtegi-Shahr"}[i%3]
	default:
		code = fmt.Sprintf("%s-V%d", c.code, i+1)
		fa = []string{"ده‌نمونه", "ده‌آزمون", "مثال‌کلا", "نمونه‌ده", "آزمون‌کلا"}[i%5]
		en = []string{"Deh-Nemuneh", "Deh-Azmun", "Mesal-Kola", "Nemuneh-Deh", "Azmun-Kola"}[i%5]
	}
	if c.ordinal > 1 {
		fa, en = fa+" "+persian(c.ordinal), fmt.Sprintf("%s %d", en, c.ordinal)
	}
	return code, fa, en
}

// deliveredThemes says how far a municipality has come: some cities are complete, some towns have sent nothing at all.
func deliveredThemes(kind string, county, i int) int {
	switch kind {
	case kindCity:
		return 4 + (county*3)%5
	case kindTown:
		return []int{5, 0, 3}[i%3]
	}
	return 0
}

// assignPostalCodes gives each county a prefix of its province, and its settlements consecutive serials.
func (p *plan) assignPostalCodes() error {
	used := map[string]int{}
	for _, c := range p.counties {
		list := prefixes(c.province.postal)
		i := used[c.province.code]
		if i >= len(list) {
			return fmt.Errorf("province %s has %d postal prefixes and more counties", c.province.code, len(list))
		}
		used[c.province.code]++
		c.prefix = list[i]
		from := 0
		for _, s := range c.settlements {
			s.postalFrom = from
			from += s.target
		}
		if from > serials {
			return fmt.Errorf("county %s needs %d postal codes, a prefix has %d", c.code, from, serials)
		}
	}
	return nil
}

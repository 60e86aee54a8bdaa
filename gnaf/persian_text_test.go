package gnaf_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nsdi/gnaf"
	"nsdi/gnaf/persian"
)

// realText opens a file of real Iranian texts, or skips the test where they are not.
func realText(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("../../shared/data/persian_text", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not here", name)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func realRows(t *testing.T, name string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(realText(t, name)).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

// parsed counts what was found in addresses, and keeps the names that no word explains.
type parsed struct {
	whole, city, ways, chains, number, floor, unit, building, landmark, relation, nowhere int
	names                                                                                 []string
	likeWays                                                                              []string
}

func (c *parsed) add(a *persian.Address) {
	count := func(n *int, found bool) {
		if found {
			*n++
		}
	}
	count(&c.whole, a.Whole())
	count(&c.city, a.City != "")
	count(&c.ways, len(a.Ways) > 0)
	count(&c.chains, len(a.Ways) > 1)
	count(&c.number, a.Number != nil)
	count(&c.floor, len(a.Floors) > 0)
	count(&c.unit, a.Unit != "")
	count(&c.building, a.Building != "")
	count(&c.landmark, len(a.Landmarks) > 0)
	count(&c.relation, len(a.Relations) > 0)
	count(&c.nowhere, len(a.Ways)+len(a.Relations) == 0)
	for _, n := range a.Names {
		if n.LikeWay {
			c.likeWays = append(c.likeWays, n.Text)
		} else {
			c.names = append(c.names, n.Text)
		}
	}
}

// Addresses that organisations print, as they print them. Each is taken apart without a word left over; what is not
// placed are names without a word of their kind, which only a gazetteer can tell: neighbourhoods (تجریش), towns (لنگرود),
// and streets that are called by their name alone (نوفل لوشاتو).
func TestOrganisationsAddresses(t *testing.T) {
	t.Parallel()
	rows := realRows(t, "fa_org_addresses_half_a.csv")
	require.Len(t, rows, 26)
	var c parsed
	codes, swapped, doubts := 0, []string{}, map[string]int{}
	for _, row := range rows {
		a := persian.Parse(row[0], nil)
		assert.Empty(t, a.Unplaced, row[0])
		c.add(a)
		for _, d := range a.Doubts {
			doubts[d.Code]++
		}
		if row[1] == "" {
			continue
		}
		codes++
		code := gnaf.CheckPostalCode(row[1])
		assert.True(t, code.Valid(), row[1])
		for _, w := range code.Warnings {
			assert.Equal(t, gnaf.PostcodeUnusualDigit, w.Code, row[1])
		}
		if code.Turned != "" {
			swapped = append(swapped, code.Digits+" or "+code.Turned)
		}
		// A code in the address is found there too.
		assert.Equal(t, row[1], persian.Parse(row[0]+"، کد پستی "+row[1], nil).PostalCode)
	}
	assert.Equal(t, 17, codes, "all of them keep the rules")
	assert.Equal(t, []string{"1418843945 or 4394514188", "1911135131 or 3513119111"}, swapped, "the second is a code of Semnan turned round; only a register can tell")

	assert.Equal(t, 12, c.whole)
	assert.Equal(t, 19, c.city, "the others begin with a way or with a name that is in no list here")
	assert.Equal(t, 18, c.ways)
	assert.Equal(t, 12, c.chains)
	assert.Equal(t, 15, c.number)
	assert.Equal(t, 9, c.floor)
	assert.Equal(t, 6, c.unit)
	assert.Equal(t, 5, c.building)
	assert.Equal(t, 4, c.landmark)
	assert.Equal(t, 12, c.relation)
	assert.Equal(t, []string{
		"تجریش", "فرحزاد", "ولنجک", "کاوسیه", "فریمان", "توحید", "سعادت آباد", "ژاندارمری", "تهرانپارس", "ائلگلی", "سینا", "گلبرگ", "لنگرود", "راه پشته", "توپخانه", "نصرت", "ولیعصر", "نوفل لوشاتو",
	}, c.names)
	assert.Equal(t, []string{"امام خمینی 3", "سهروردی شمالی"}, c.likeWays)
	// پلاک 0.0 and پلاک صفر are no house numbers, two names follow a known place without a comma, and تهران and سمنان can be the province.
	assert.Equal(t, 2, doubts[persian.DoubtNumber])
	assert.Equal(t, 2, doubts[persian.DoubtSplit])
	assert.Equal(t, len(c.names)+len(c.likeWays), doubts[persian.DoubtNoKind])
	assert.Equal(t, 17, doubts[persian.DoubtSeveralReadings])

	// With the names of areas that these have, what is left is what no list of areas can tell: streets called by their name alone.
	areas := map[string]string{}
	for _, name := range c.names[:17] {
		if level := "neighbourhood"; name != "سینا" && name != "گلبرگ" {
			if name == "لنگرود" || name == "فریمان" {
				level = "county"
			}
			areas[persian.Fold(name)] = level
		}
	}
	var known parsed
	for _, row := range rows {
		known.add(persian.Parse(row[0], func(key string) []string {
			if level, ok := areas[key]; ok {
				return []string{level}
			}
			return nil
		}))
	}
	assert.Equal(t, []string{"فرحزاد", "سینا", "گلبرگ", "نوفل لوشاتو"}, known.names, "فرحزاد lies in تجریش, and one neighbourhood is there already")
	assert.Equal(t, 21, known.whole)
}

// Addresses of the stations of the metro of Tehran: ways, crossings and landmarks, hardly a number among them.
func TestMetroStationsAddresses(t *testing.T) {
	t.Parallel()
	rows := realRows(t, "tehran_metro_stations_address_half_a.csv")
	require.Len(t, rows, 74)
	var c parsed
	relations, sameSkeleton := map[string]int{}, 0
	for _, row := range rows {
		a := persian.Parse(row[2], nil)
		assert.Empty(t, a.Unplaced, row[2])
		c.add(a)
		for _, r := range a.Relations {
			relations[r.Kind]++
			if r.Kind == "between" {
				assert.Len(t, r.Of, 2, row[2])
			}
		}
		if joinedSkeleton(row[0]) == joinedSkeleton(row[1]) {
			sameSkeleton++
		}
	}
	assert.Equal(t, 70, sameSkeleton, "of the names in both scripts three are translated (hospital, shrine, airport terminal), and one is Giyam for قیام")
	assert.Equal(t, 66, c.whole)
	assert.Equal(t, []string{"افسریه", "چهارصد دستگاه", "ارم سبز", "تهرانپارس", "سعادت آباد", "مهرشهر", "شهران", "شهران"}, c.names)
	assert.Equal(t, 60, c.ways)
	assert.Equal(t, 48, c.relation)
	assert.Equal(t, 3, c.nowhere, "ارم سبز, شهر آفتاب and شهر جدید پرند: an area and nothing else")
	assert.Zero(t, c.number)
	assert.Equal(t, map[string]int{
		"intersection": 15, "adjacent": 13, "facing": 6, "before": 5, "start": 4, "upstream": 3, "after": 2, "between": 2, "near": 2, "side-of": 2, "below": 1, "downstream": 1, "end": 1,
	}, relations)
}

// joinedSkeleton is what names in either script are compared by.
func joinedSkeleton(s string) string { return strings.ReplaceAll(persian.Skeleton(s), " ", "") }

// Test cases of a geocoder for Iran: lines of addresses in Latin and Persian letters.
func TestOpenCageCases(t *testing.T) {
	t.Parallel()
	var buffer strings.Builder
	_, err := realText(t, "opencage_testcases_ir.yaml").WriteTo(&buffer)
	require.NoError(t, err)
	var got []string
	for line := range strings.Lines(buffer.String()) {
		line = strings.TrimSuffix(line, "\n")
		if text, ok := strings.CutPrefix(line, "    "); ok && !strings.Contains(text, ":") {
			a := persian.Parse(text, nil)
			switch {
			case len(a.Ways) > 0:
				got = append(got, "way "+a.Ways[0].Full())
			case a.PostalCode != "":
				code := gnaf.CheckPostalCode(a.PostalCode)
				require.True(t, code.Valid())
				got = append(got, "code "+code.Digits)
			case a.Building != "":
				got = append(got, "building "+a.Building)
			case a.District != "":
				got = append(got, "district "+a.District+" of county "+a.County)
			case len(a.Names) > 0:
				got = append(got, "name "+a.Names[0].Text)
			}
		}
	}
	assert.Equal(t, []string{
		"building Azadi Tower", "name Tehran", "name Ostad Moein", "way میدان Azadi", "code 1351956118", "name Iran", "name Tehran", "district مرکزی of county تهران", "name Iran",
	}, got)
}

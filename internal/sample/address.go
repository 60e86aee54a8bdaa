package sample

import (
	"bufio"
	"encoding/csv"
	"math"
	"os"
	"strconv"
)

const addressMapping = "post/gnaf.mapping.json"

// addressHeader is the header of the post's file, in Persian as its certificates are worded.
func addressHeader() []string {
	return []string{
		"شناسه", "استان", "شهرستان", "شهر", "محله", "معبر ماقبل آخر", "معبر آخر", "پلاک", "پسوند پلاک",
		"طبقه", "واحد", "کد پستی", "نوع کاربری", "طول جغرافیایی", "عرض جغرافیایی",
	}
}

func addressColumns() mapping {
	names := []string{
		"address_id", "province", "county", "city", "neighbourhood", "street_before", "street", "number", "number_suffix",
		"floor", "unit", "postal_code", "use",
	}
	header := addressHeader()
	m := mapping{Point: &pointColumns{Lon: header[13], Lat: header[14]}, Attributes: map[string]string{}}
	for i, name := range names {
		m.Attributes[name] = header[i]
	}
	return m
}

// addressFile is the post's file of one province.
type addressFile struct {
	w    *writer
	rel  string
	file *os.File
	buf  *bufio.Writer
	csv  *csv.Writer
}

func (w *writer) newAddressFile(rel string) (*addressFile, error) {
	f, err := create(w.path(rel))
	if err != nil {
		return nil, err
	}
	a := &addressFile{w: w, rel: rel, file: f, buf: bufio.NewWriter(f)}
	a.csv = csv.NewWriter(a.buf)
	return a, a.csv.Write(addressHeader())
}

func (a *addressFile) close() error {
	a.csv.Flush()
	if err := a.csv.Error(); err != nil {
		a.file.Close()
		return err
	}
	if err := a.buf.Flush(); err != nil {
		a.file.Close()
		return err
	}
	return a.file.Close()
}

// superblock writes the addresses of a superblock, at most limit of them, and returns how many. Errors of the file
// are sticky in csv.Writer and come back from close.
func (a *addressFile) superblock(s *settlement, sb *superblock, limit int) int {
	n := 0
	for i := range sb.lots {
		l := &sb.lots[i]
		units := l.units()
		if len(units) == 0 {
			continue
		}
		at := round7(s.frame.lonlat(l.front))
		lon, lat := strconv.FormatFloat(at.X, 'f', 7, 64), strconv.FormatFloat(at.Y, 'f', 7, 64)
		for k, u := range units {
			if n == limit {
				return n
			}
			floor := ""
			if u.floor != nil {
				floor = strconv.Itoa(*u.floor)
			}
			serial := s.postalFrom + s.target - limit + n
			a.csv.Write([]string{
				addressID(s, sb, i, k), s.county.province.nameFA, s.county.nameFA, s.nameFA, sb.neighbourhood, l.before, l.way,
				strconv.Itoa(l.number), l.suffix, floor, u.name, postcode(s.county.prefix, serial), u.use, lon, lat,
			})
			n++
			a.w.summary.Addresses++
		}
	}
	return n
}

// addressID is stable for a door: settlement, superblock, lot and unit.
func addressID(s *settlement, sb *superblock, lot, unit int) string {
	return s.code + "-" + pad(sb.index+1, 4) + "-" + pad(lot+1, 4) + "-" + pad(unit+1, 2)
}

// pad writes a number with leading zeros; fmt is too slow for ten million of them.
func pad(n, width int) string {
	s := strconv.Itoa(n)
	for len(s) < width {
		s = "0" + s
	}
	return s
}

func round7(p xy) xy { return xy{math.Round(p.X*1e7) / 1e7, math.Round(p.Y*1e7) / 1e7} }

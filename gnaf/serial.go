package gnaf

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"

	"nsdi/gnaf/persian"
	"nsdi/internal/errs"
	"nsdi/layers"
)

// Block is the part of the codes in which the Post numbers places one after the other: in a city the first six digits are the carrier's round and its block, and four digits the
// serial; elsewhere the first seven are the round and its village, and three the serial.
type Block struct {
	Prefix   string        `json:"prefix"`
	Kind     string        `json:"kind" enum:"urban,rural"`
	Capacity int           `json:"capacity" doc:"Codes that the block has"`
	Used     int           `json:"used" doc:"Codes that published units bear now"`
	Retired  int           `json:"retired" doc:"Codes that units bore, and none does now: they are not free"`
	Free     int           `json:"free"`
	Ranges   []SerialRange `json:"ranges" doc:"Free codes, one after the other"`
	Next     *string       `json:"next" doc:"Value of after for the next page; null at the end"`
}

// SerialRange is a run of free codes.
type SerialRange struct {
	First string `json:"first"`
	Last  string `json:"last"`
	Count int    `json:"count"`
}

// FreeSerials answers which codes of a block no unit bears or bore, the runs behind the code after. The error for what is no block is *errs.Error block-invalid.
func FreeSerials(ctx context.Context, q layers.Querier, prefix, after string, limit int) (*Block, error) {
	prefix = persian.ASCIIDigits(prefix)
	b := &Block{Prefix: prefix, Kind: "urban", Capacity: 10_000, Ranges: []SerialRange{}}
	if len(prefix) == 7 {
		b.Kind, b.Capacity = "rural", 1000
	}
	if width := 10 - len(prefix); width < 3 || width > 4 || !CheckPostalCode(prefix+"0001"[4-width:]).Valid() {
		return nil, &errs.Error{
			Code: "block-invalid", Status: http.StatusUnprocessableEntity, Op: "gnaf.FreeSerials", Location: "query.block", Value: prefix,
			Title:  errs.T("این پیش‌شماره بلوک نیست", "That is no block of codes"),
			Detail: errs.T("بلوک شهری شش و بلوک روستایی هفت رقم دارد، و در پنج رقم نخست ۰ و ۲ نیست.", "A block has six digits in a city and seven elsewhere, and neither 0 nor 2 among the first five."),
			Next:   errs.T("شش یا هفت رقم نخست کد پستی را بدهید.", "Give the first six or seven digits of a postal code."),
		}
	}
	first, err := strconv.ParseInt(prefix, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("free serials: %w", err)
	}
	first *= int64(b.Capacity)
	rows, err := q.Query(ctx, `
		select postal_code, bool_or(current)
		from (
			select postal_code, true as current from gnaf.address where postal_code between $1 and $2
			union all
			select postal_code, false from gnaf.address_history where postal_code between $1 and $2
		) t
		group by postal_code`, code(first), code(first+int64(b.Capacity)-1))
	if err != nil {
		return nil, fmt.Errorf("free serials: %w", err)
	}
	taken := make([]bool, b.Capacity)
	var one string
	var current bool
	_, err = pgx.ForEachRow(rows, []any{&one, &current}, func() error {
		n, err := strconv.ParseInt(one, 10, 64)
		if err != nil {
			return err
		}
		taken[n-first] = true
		if current {
			b.Used++
		} else {
			b.Retired++
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("free serials: %w", err)
	}
	b.Free = b.Capacity - b.Used - b.Retired
	for i := 0; i < b.Capacity; i++ {
		if taken[i] {
			continue
		}
		last := i
		for last+1 < b.Capacity && !taken[last+1] {
			last++
		}
		if r := (SerialRange{code(first + int64(i)), code(first + int64(last)), last - i + 1}); r.First > after {
			if len(b.Ranges) == limit {
				b.Next = &b.Ranges[limit-1].First
				break
			}
			b.Ranges = append(b.Ranges, r)
		}
		i = last
	}
	return b, nil
}

func code(n int64) string { return fmt.Sprintf("%010d", n) }

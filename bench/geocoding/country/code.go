package country

import "fmt"

const (
	firstSerial = 10_000
	serials     = 100_000 - firstSerial // codes of a range
)

// numberCodes gives each settlement a range of codes, and more of them to those that have more addresses than a range has codes.
func numberCodes(all []settlement) {
	next := len(all)
	for i := range all {
		s := &all[i]
		s.ownRange, s.firstRange = i, next
		next += (s.target - 1) / serials
	}
}

// code is the postal code of the n-th address of a settlement.
func (s *settlement) code(n int) string {
	at := s.ownRange
	if k := n / serials; k > 0 {
		at = s.firstRange + k - 1
	}
	return fmt.Sprintf("%s%05d", prefix(at), firstSerial+n%serials)
}

// prefix is the first five digits of a range: neither 0 nor 2 is among them, nor is 5 the fifth. Those of the first 4,096 ranges are distinct.
func prefix(i int) string {
	const digits = "13456789"
	b := []byte("11111")
	i += 4096
	for k := len(b) - 1; k >= 0; k-- {
		b[k] = digits[i%8]
		i /= 8
	}
	if b[4] == '5' {
		b[4] = '9'
		b[0] = '3' + (b[0]-'0')%2
	}
	return string(b)
}

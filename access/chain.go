package access

import (
	"crypto/sha256"
	"strconv"
	"time"
)

// chained answers the hash of a link: SHA-256 over the hash before and the fields, each with its length in front, so that no two lists of fields look alike.
func chained(prev []byte, fields ...any) []byte {
	h := sha256.New()
	put := func(s string) {
		h.Write(strconv.AppendInt(nil, int64(len(s)), 10))
		h.Write([]byte{':'})
		h.Write([]byte(s))
	}
	put(string(prev))
	for _, f := range fields {
		switch v := f.(type) {
		case string:
			put(v)
		case int64:
			put(strconv.FormatInt(v, 10))
		case time.Time:
			put(v.UTC().Format(time.RFC3339Nano))
		default:
			panic("access: a field of this type has no fixed form") // the callers' field lists are constant
		}
	}
	return h.Sum(nil)
}

// moment is now as the database keeps it, to the microsecond: what is hashed must be what is read back.
func moment(now func() time.Time) time.Time {
	if now == nil {
		now = time.Now
	}
	return now().UTC().Truncate(time.Microsecond)
}

package upload

import (
	"strconv"
	"time"

	"nsdi/internal/errs"
)

// Limits bound what is handed over. They are published before anybody begins.
type Limits struct {
	MaxBytes    int64 // of one file; defaults to 2 GiB
	MaxFeatures int64 // of one file; defaults to 5,000,000
	MaxLayers   int   // of one file; defaults to 100: an EDIGEO exchange has thirty, and drawings have dozens
	DayBytes    int64 // that an agency may announce on one day, by Iran's clock; defaults to 50 GiB
	Open        int   // uploads of an agency that are begun and not finished; defaults to 100
	Parallel    int   // transfers of an agency that run at once; defaults to 8
	// Lifetime is how long an upload stays after its last byte came, unless a submission takes it. Defaults to seven days.
	Lifetime time.Duration
	// Reserve is what must be left on the disk, in bytes, for an upload to begin. Defaults to 1 GiB; below zero: nothing.
	Reserve int64
}

// Complete answers the limits with defaults in place of zeros.
func (l Limits) Complete() Limits {
	orDefault(&l.MaxBytes, 2<<30)
	orDefault(&l.MaxFeatures, 5_000_000)
	orDefault(&l.MaxLayers, 100)
	orDefault(&l.DayBytes, 50<<30)
	orDefault(&l.Open, 100)
	orDefault(&l.Parallel, 8)
	orDefault(&l.Lifetime, 7*24*time.Hour)
	orDefault(&l.Reserve, 1<<30)
	return l
}

// check refuses what cannot be meant.
func (l Limits) check() error {
	for name, v := range map[string]int64{
		"max-bytes": l.MaxBytes, "max-features": l.MaxFeatures, "max-layers": int64(l.MaxLayers), "day-bytes": l.DayBytes, "open": int64(l.Open),
		"parallel": int64(l.Parallel), "expiry": int64(l.Lifetime),
	} {
		if v < 0 {
			return &errs.Error{
				Code: "upload-limit-invalid", Op: "upload.Open", Location: name, Value: strconv.FormatInt(v, 10),
				Title:  errs.T("حد بارگذاری پذیرفته نیست", "A limit of uploads is not accepted"),
				Detail: errs.Tf("مقدار upload-%s منفی است.", "The value of upload-%s is below zero.", name),
				Next:   errs.T("عددی بزرگ‌تر از صفر بدهید، یا هیچ برای مقدار پیش‌فرض.", "Give a number above zero, or none for the default."),
			}
		}
	}
	return nil
}

func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// How a transfer is kept from standing still.
const (
	// stall is how long nothing may come.
	stall = 30 * time.Second
	// A transfer that brings less than slowest bytes a second over a whole window is ended; it can be resumed.
	slowest    = 256
	slowWindow = time.Minute
	// lockWait is how long a request waits for another one of the same upload to let go.
	lockWait = 5 * time.Second
	// askTime bounds the questions to the database that an exchange begins and ends with.
	askTime = 20 * time.Second
	// syncEvery is after how many bytes of one transfer the disk is waited for, so that its end does not have to wait for all of them.
	syncEvery = 32 << 20
)

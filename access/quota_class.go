package access

import "math"

// Class is a kind of request that has a quota of its own.
type Class struct {
	Name      string
	PerSecond float64 // in the long run
	Burst     int     // at once
	PerDay    int64   // ceiling, by Iran's day; 0: none
}

// Names of the classes.
const (
	TileClass   = "tile"
	SearchClass = "search"
	DataClass   = "data"
	UploadClass = "upload"

	// Of inquiries, by how much of their answer is about persons: none, little, some, much.
	InquiryA = "inquiry-a"
	InquiryB = "inquiry-b"
	InquiryC = "inquiry-c"
	InquiryD = "inquiry-d"
)

// KeyClasses are what one key may ask.
func KeyClasses() []Class {
	return []Class{
		{Name: TileClass, PerSecond: 50, Burst: 200, PerDay: 1_000_000},
		{Name: SearchClass, PerSecond: 20, Burst: 40, PerDay: 200_000},
		{Name: DataClass, PerSecond: 5, Burst: 20, PerDay: 20_000},
		{Name: UploadClass, PerSecond: 20, Burst: 200, PerDay: 200_000}, // parts of files; their bytes have limits of their own
		{Name: InquiryA, PerSecond: 50, Burst: 100, PerDay: 1_000_000},
		{Name: InquiryB, PerSecond: 20, Burst: 40, PerDay: 200_000},
		{Name: InquiryC, PerSecond: 5, Burst: 20, PerDay: 20_000},
		{Name: InquiryD, PerSecond: 1, Burst: 20, PerDay: 5_000},
	}
}

// PublicClasses are what one network may ask without a key. Behind one address there may be a whole town, so they bound floods and nothing else: a full map
// shows some hundred tiles, and somebody who types an address asks a few times a second. Addresses change, so a day's ceiling would not hold.
func PublicClasses() []Class {
	return []Class{
		{Name: TileClass, PerSecond: 300, Burst: 6000},
		{Name: SearchClass, PerSecond: 10, Burst: 60},
		{Name: DataClass, PerSecond: 10, Burst: 100},
		{Name: UploadClass, PerSecond: 10, Burst: 100},
		{Name: InquiryA, PerSecond: 10, Burst: 100},
		{Name: InquiryB, PerSecond: 5, Burst: 60},
		{Name: InquiryC, PerSecond: 2, Burst: 30},
		{Name: InquiryD, PerSecond: 1, Burst: 20},
	}
}

// ClassOf answers the class of a name; the zero Class, where there is none.
func ClassOf(classes []Class, name string) Class {
	for _, c := range classes {
		if c.Name == name {
			return c
		}
	}
	return Class{}
}

// times answers the class with numbers that are factor times as large, and no smaller than one request at once.
func (c Class) times(factor float64) Class {
	c.PerSecond *= factor
	c.Burst = int(max(1, min(math.MaxInt32, float64(c.Burst)*factor)))
	return c
}

package persian

import "strings"

// UnitName is the key by which an administrative unit is found: the folded name without the leading word of its
// level, so that "استان یزد" and "یزد" are one. A name that is nothing but that word stays as it is.
func UnitName(level, name string) string {
	key := Fold(name)
	for _, word := range levelWords(level) {
		if rest, ok := strings.CutPrefix(key, word+" "); ok {
			return rest
		}
	}
	return key
}

// levelWords are folded; the longer form of a word comes first.
func levelWords(level string) []string {
	switch level {
	case "country":
		return []string{"کشور"}
	case "province":
		return []string{"استان"}
	case "county":
		return []string{"شهرستان"}
	case "district":
		return []string{"بخش"}
	case "city":
		return []string{"شهر"}
	case "rural-district":
		return []string{"دهستان"}
	case "village":
		return []string{"روستای", "روستا", "ابادی", "قریه"}
	case "neighbourhood":
		return []string{"محله"}
	case "municipal-district":
		return []string{"منطقه"}
	}
	return nil
}

package search

import (
	"strings"

	"nsdi/gnaf/persian"
)

// villageWord is the term of "ده": in names it is the number that it is elsewhere.
const villageWord = "10"

// callsItselfVillage reports whether "ده" stands before the name of a village. It is a word of its kind, or of its name: ده‌نمونه.
func callsItselfVillage(village, text string) bool {
	first, _, _ := strings.Cut(persian.Fold(village), " ")
	return first != "" && strings.Contains(" "+persian.Fold(text)+" ", " ده "+first+" ")
}

// throughWays takes the relations apart in which ways are named that the address goes through, "داخل کوچه شهدا", "ته بن‌بست آزادی": by how many ways stand before them.
// What is beside something, or before it, stays.
func throughWays(a *persian.Address) (ways map[int][]string, rest []persian.Relation) {
	for _, relation := range a.Relations {
		if (relation.Kind != "inside" && relation.Kind != "end") || len(relation.Of) != 1 || !isWay(relation.Of[0]) {
			rest = append(rest, relation)
			continue
		}
		if ways == nil {
			ways = map[int][]string{}
		}
		ways[relation.AfterWays] = append(ways[relation.AfterWays], relation.Of[0])
	}
	return ways, rest
}

// isWay reports whether a text begins with a kind of way and goes on.
func isWay(text string) bool {
	words := analyse(text)
	return len(words) > 1 && words[0].class == kind
}

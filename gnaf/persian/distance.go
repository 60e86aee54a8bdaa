package persian

import (
	"sync"
	"unicode"
)

// Costs of slips, in parts of a whole letter.
const (
	letterCost  = 1.0
	nearCost    = 0.7 // the key beside it
	likeCost    = 0.5 // letters that differ by their dots, or that sound the same
	doubledCost = 0.5 // one letter twice, or the second of two left out
	swapCost    = 0.7 // two neighbours exchanged
	// A sign of a script that has thousands is rather left out than exchanged for one that happens to stand in another name, or added.
	signCost = 0.8
)

// dotFamilies are letters of one shape, keyRows the rows of the Persian keyboard.
func dotFamilies() []string {
	return []string{"بپتثنی", "جچحخ", "دذ", "رزژ", "سش", "صض", "طظ", "عغ", "فق", "کگ"}
}

func keyRows() []string {
	return []string{"ضصثقفغعهخحجچ", "شسیبلاتنمکگ", "ظطزرذدپو"}
}

// SlipCost is what writing b for a costs: 0 for the same letter, less than 1 for letters that are easily taken for each
// other, 1 for any others.
func SlipCost(a, b rune) float64 {
	if a == b {
		return 0
	}
	if a >= 0x600 && a < 0x700 && b >= 0x600 && b < 0x700 {
		return slipTable()[(a-0x600)<<8|(b-0x600)]
	}
	return slipCost(a, b)
}

// slipTable has the costs of all letters of the Arabic block: a search asks for thousands.
var slipTable = sync.OnceValue(func() *[1 << 16]float64 {
	var table [1 << 16]float64
	for a := range rune(0x100) {
		for b := range rune(0x100) {
			table[a<<8|b] = slipCost(0x600+a, 0x600+b)
		}
	}
	return &table
})

// slipCost works out what SlipCost looks up, of two letters.
func slipCost(a, b rune) float64 {
	if a == b {
		return 0
	}
	if soundOf(a) == soundOf(b) {
		return likeCost
	}
	for _, family := range dotFamilies() {
		if has(family, a) >= 0 && has(family, b) >= 0 {
			return likeCost
		}
	}
	for _, row := range keyRows() {
		if i, j := has(row, a), has(row, b); i >= 0 && j >= 0 && (i-j == 1 || j-i == 1) {
			return nearCost
		}
	}
	return letterCost
}

// has is the place of a letter in a string of letters, or −1.
func has(letters string, r rune) int {
	n := 0
	for _, c := range letters {
		if c == r {
			return n
		}
		n++
	}
	return -1
}

// Distance is how much a word as it was typed differs from another by slips of the hand: letters wrong, left out, added or
// exchanged with their neighbour, each by its cost. Above limit it stops and answers any number above it.
func Distance(typed, word string, limit float64) float64 {
	x, y := []rune(typed), []rune(word)
	before, last, row := make([]float64, len(y)+1), make([]float64, len(y)+1), make([]float64, len(y)+1)
	for j := range y {
		last[j+1] = last[j] + omission(y, j)
	}
	for i := range x {
		row[0] = last[0] + addition(x, i)
		least := row[0]
		for j := range y {
			row[j+1] = min(last[j]+SlipCost(x[i], y[j]), last[j+1]+addition(x, i), row[j]+omission(y, j))
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] && x[i] != y[j] {
				row[j+1] = min(row[j+1], before[j-1]+swapCost)
			}
			least = min(least, row[j+1])
		}
		// The next row can go back two, by a swap.
		if least > limit+letterCost {
			return least
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// addition is what a letter too many costs.
func addition(typed []rune, i int) float64 {
	if i > 0 && typed[i-1] == typed[i] {
		return doubledCost
	}
	return letterCost
}

// omission is what leaving out a letter of a word costs.
func omission(word []rune, i int) float64 {
	if i > 0 && word[i-1] == word[i] {
		return doubledCost
	}
	if word[i] >= firstSign && unicode.Is(unicode.Han, word[i]) {
		return signCost
	}
	return letterCost
}

// firstSign is before the first of the signs of Unicode that stand for words.
const firstSign = 0x2e80

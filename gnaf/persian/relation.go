package persian

import "strings"

// relation reads a relation and what it refers to: "نبش کوچه نور", "بین X و Y", "ضلع شرقی حرم", "شمال شرقی تقاطع …".
func (p *parser) relation(i, n int, r Reading) int {
	relation := Relation{Kind: r.Sense, Word: p.text(i, i+n), AfterWays: len(p.address.Ways)}
	at := i + n
	if r.Class == ClassDirection {
		relation.Kind, relation.Word, at = "side-of", "", i
	}
	side := at
	for side < len(p.words) && !p.bounded(side+1) && p.isDirection(side) && (relation.Kind == "side-of" || side > at) {
		side++
	}
	relation.Side = p.text(at, side)
	at = side
	two := r.Arity > 1
	// "بعد از تقاطع سرو و دریا": the relation is to a crossing of two.
	if q, m := p.begins(at, Reading{}); m > 0 && q.Class == ClassRelation && q.Sense == "intersection" && p.joinsTwo(at+m) {
		relation.Crossing, two, at = true, true, at+m
	}
	kind, end := "", at
	for at < len(p.words) && (end == at || !p.bounded(at)) {
		end = p.referenceEnd(at, two)
		relation.Of = append(relation.Of, p.reference(at, end, &kind))
		if end >= len(p.words) || p.bounded(end) || !p.is(end, "و") && !p.is(end, "با") ||
			end+1 == len(p.words) || p.bounded(end+1) || p.words[end+1].placedAsTag {
			break
		}
		at = end + 1
		end = at
	}
	if end < len(p.words) && p.words[end].opens && end > i {
		if last := p.nameEnd(end, Reading{Class: ClassName}); p.words[last-1].closes && !p.words[end].placed {
			if _, n := p.begins(end, Reading{}); n == 0 {
				relation.Also = p.text(end, last)
				end = last
			}
		}
	}
	p.address.Relations = append(p.address.Relations, relation)
	p.place(i, end)
	return end
}

// reference is the text of a thing that a relation refers to. The plural of a kind of way is of all that follow:
// "خیابان‌های چهارم و پنجم" are خیابان چهارم and خیابان پنجم.
func (p *parser) reference(from, to int, kind *string) string {
	r, n := p.begins(from, Reading{})
	if plural := r.Class == ClassWay && n > 0 && strings.HasSuffix(p.key(from+n-1), "های"); plural {
		*kind = r.Name
		return *kind + " " + p.text(from+n, to)
	}
	if *kind != "" && n == 0 {
		return *kind + " " + p.text(from, to)
	}
	return p.text(from, to)
}

// referenceEnd is where a thing ends that a relation refers to: as names do, and with two set before the "و" that joins it
// to the other.
func (p *parser) referenceEnd(i int, two bool) int {
	first := i
	for first < len(p.words) && p.isDirection(first) && !p.bounded(first+1) {
		first++ // جنوب خیابان کمیل
	}
	_, n := p.begins(first, Reading{})
	in := Reading{Class: ClassRelation}
	end := first + max(1, n)
	if n > 0 && end < len(p.words) && !p.bounded(end) {
		if q, m := p.begins(end, Reading{}); m > 0 && (q.Class == ClassWay || q.Class == ClassLandmark || q.Class == ClassArea) {
			end += m // پل اتوبان همت
		}
	}
	for end < len(p.words) && !p.bounded(end) {
		if p.key(end) == "با" || two && p.key(end) == "و" && !p.inNumber(first, end) {
			break
		}
		if _, m := p.begins(end, in); m > 0 {
			break
		}
		end++
	}
	return min(end, len(p.words))
}

package persian

import "slices"

// metric reads "45 متری گلشهر": a way that is called by its width.
func (p *parser) metric(i int) (int, bool) {
	for _, n := range p.numbers(i) {
		if at := i + n.Words; p.is(at, "متری") && !p.bounded(at) {
			end := at + 1
			if !p.bounded(end) {
				end = p.nameEnd(end, Reading{Class: ClassWay})
			}
			p.address.Ways = append(p.address.Ways, Way{Kind: "متری", Name: p.text(i, end)})
			p.place(i, end)
			return end, true
		}
	}
	return 0, false
}

func (p *parser) way(i, n int, r Reading) int {
	end := i + n
	for r.Latin && end < len(p.words) && p.sep(end) != sepStrong && (p.is(end, "e") || p.is(end, "ye")) {
		end, n = end+1, n+1 // khiaban-e Azadi
	}
	if end < len(p.words) && !p.bounded(end) {
		if q, m := p.begins(end, Reading{}); q.Class == ClassLocator && q.Sense == "number" && p.key(end) != "شماره" {
			m = 0 // "کوچه پلاک 5" has no name; "کوچه شماره 5" is called by its number
		} else {
			end = p.nameEnd(end+max(0, m-1), r)
		}
	}
	end = p.joinTowns(i+n, end, r)
	name := p.text(i+n, end)
	if name == "" {
		p.doubt(DoubtNoName, p.text(i, end))
	}
	p.address.Ways = append(p.address.Ways, Way{Kind: r.Name, Name: name})
	p.place(i, end)
	return end
}

// joinTowns goes on with "اتوبان تهران - قم": the dash of a motorway is between the towns that it joins.
func (p *parser) joinTowns(from, end int, r Reading) int {
	if r.Rank == 1 && end == from+1 && end < len(p.words) && p.sep(end) == sepWeak && p.isTown(from) && p.isTown(end) {
		return end + 1
	}
	return end
}

func (p *parser) isTown(i int) bool {
	key := p.key(i)
	return p.lexicon.capital[key] != "" || p.lexicon.province[key] != "" || p.gazetteer != nil && slices.Contains(p.gazetteer(key), "city")
}

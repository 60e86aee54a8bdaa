package access

// Buckets answers how many buckets there are.
func (q *PublicQuotas) Buckets() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for _, c := range q.classes {
		n += c.used.Len()
	}
	return n
}

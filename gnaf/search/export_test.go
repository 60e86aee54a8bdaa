package search

// Check opens an index in memory.
func Check(data []byte) error {
	_, err := openIndex(data)
	return err
}

package tiles

// Made is how many tiles the service has made since it began: those that were made beforehand are not among them.
func (s *Service) Made() int64 { return s.made.Load() }

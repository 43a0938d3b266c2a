package spool

// Servers returns the records of all servers that failed.
func (s *Spool) Servers() ([]Server, error) {
	names, err := s.store.Records(serverPrefix)
	if err != nil {
		return nil, err
	}
	var all []Server
	for _, name := range names {
		var v Server
		if err := s.store.ReadRecord(name, &v); err != nil {
			return nil, err
		}
		if v.Key != "" && v.Failures > 0 {
			all = append(all, v)
		}
	}
	return all, nil
}

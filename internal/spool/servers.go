package spool

import "strings"

// Servers returns the records of all servers that failed.
func (s *Spool) Servers() ([]Server, error) {
	names, err := s.dir.List()
	if err != nil {
		return nil, err
	}
	var all []Server
	for _, name := range names {
		if !strings.HasPrefix(name, "server-") || strings.Contains(name, ".") { // a lock
			continue
		}
		var v Server
		if err := s.dir.ReadRecord(name, &v); err != nil {
			return nil, err
		}
		if v.Key != "" && v.Failures > 0 {
			all = append(all, v)
		}
	}
	return all, nil
}

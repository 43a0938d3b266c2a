package main

import "mailpipe/internal/spool"

// spoolOnly returns a command that keeps a mail for a server, without an attempt.
func (b *bench) spoolOnly(dir, url string, flags ...string) []string {
	return append([]string{b.mailpipe, "deliver", "-q", "--config", "none", "-S", url, "--tls", "none", "--spool", dir, "--spool-only"},
		flags...)
}

// fillSpool makes a spool with n copies of a small message, all due.
func (b *bench) fillSpool(dir, url string, n int) error {
	if _, _, err := reading(b.mail, b.spoolOnly(dir, url)).run(); err != nil {
		return err
	}
	s, err := spool.Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	ids, err := s.IDs()
	if err != nil {
		return err
	}
	first, err := s.Take(ids[0])
	if err != nil {
		return err
	}
	defer first.Close()
	for range n - 1 {
		if err := copyEntry(s, first); err != nil {
			return err
		}
	}
	return nil
}

func copyEntry(s *spool.Spool, from *spool.Entry) error {
	d, err := s.Create()
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := from.WriteTo(d); err != nil {
		return err
	}
	e, err := d.Commit(from.Envelope)
	if err != nil {
		return err
	}
	return e.Close()
}

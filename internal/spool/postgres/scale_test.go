//go:build linux

package postgres

import (
	"fmt"
	"testing"

	"mailpipe/internal/spool"
)

// many starts a server whose database has that many entries which wait. Half are due.
func many(b *testing.B, entries int) *database {
	b.Helper()
	db := start(b)
	db.sql(b, fmt.Sprintf(`INSERT INTO mailpipe.entry
			(id, origin, stored, state, host, flags, created, next, attempts, unfinished, rows, envelope)
		SELECT id, 'x', at, 'queued', 'cron', '[{"name":"account","value":"work"}]', at, at + n %% 2 * interval '1 year',
			1, false, 1, json_build_object('version', 1, 'id', id, 'state', 'queued', 'from', 'alice@example.org', 'size', 100,
			'created', at, 'next', at, 'flags', json_build_array(json_build_object('name', 'account', 'value', 'work')),
			'crc32c', '00000000', 'recipients', json_build_array(json_build_object('address', 'bob@example.org')))
		FROM (SELECT n, at, to_char(at, 'YYYYMMDD"T"HH24MISS"Z-') || translate(to_char(n, 'FM000000'), '0189', 'abcd') AS id
			FROM (SELECT n, now() - interval '1 day' + n * interval '0.1 s' AS at FROM generate_series(1, %d) n) t) t;
		INSERT INTO mailpipe.content SELECT id, 0, repeat('x', 100)::bytea FROM mailpipe.entry;
		VACUUM ANALYZE`, entries))
	return db
}

// BenchmarkMany measures what the commands do with 100,000 entries.
func BenchmarkMany(b *testing.B) {
	const entries = 100_000
	db := many(b, entries)
	s := db.open(b)
	ids, err := s.IDs("")
	if err != nil || len(ids) != entries || !spool.IsID(ids[0]) {
		b.Fatalf("%d entries: %v", len(ids), err)
	}
	b.Run("first lines of list", func(b *testing.B) {
		for b.Loop() {
			ids, err := s.IDs("")
			check(b, err)
			if seen := s.Look(ids[:500]); seen[0].Err != nil {
				b.Fatal(seen[0].Err)
			}
		}
	})
	b.Run("all lines of list", func(b *testing.B) {
		for b.Loop() {
			for from := 0; from < entries; from += 500 {
				if seen := s.Look(ids[from : from+500]); seen[499].Err != nil {
					b.Fatal(seen[499].Err)
				}
			}
		}
	})
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			n := 0
			check(b, s.Scan(nil, func(string, *spool.Envelope, error) { n++ }))
			if n != entries {
				b.Fatal(n)
			}
		}
	})
	b.Run("claim", func(b *testing.B) {
		n := 0
		for b.Loop() {
			claim, _, _, err := s.Claim(ids[n%entries])
			check(b, err)
			check(b, claim.Close())
			n++
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			_, err := spool.New(s).Find(ids[entries/2][17:])
			check(b, err)
		}
	})
	b.Run("changed", func(b *testing.B) {
		for b.Loop() {
			_, err := s.Changed()
			check(b, err)
		}
	})
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			add(b, s)
		}
	})
	b.Run("send", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			e := take(b, s, add(b, s))
			b.StartTimer()
			check(b, e.Dot(e.Pending()))
			check(b, e.Remove())
			check(b, e.Close())
		}
	})
	b.Run("connect and store", func(b *testing.B) {
		for b.Loop() {
			s := db.open(b)
			add(b, s)
			s.Close()
		}
	})
}

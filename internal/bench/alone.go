package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"mailpipe/internal/message"
	"mailpipe/wire"
)

// alone is a row without a peer: how long it took.
type alone struct {
	work        string
	octets      int64 // what it is a rate of; 0: the figure is the time
	bound, goal float64
	measure     func() (seconds float64, err error)
}

// figure is a time, or the rate that it makes, as people read it.
func (a alone) figure(t float64) string {
	switch rate := float64(a.octets) / t; {
	case a.octets == 0:
		return seconds(t)
	case rate < 2e9:
		return fmt.Sprintf("%.0f MB/s", rate/1e6)
	default:
		return fmt.Sprintf("%.1f GB/s", rate/1e9)
	}
}

// atRate is how long octets take at so many of them a second.
func atRate(octets int64, rate float64) float64 { return float64(octets) / rate }

// alone measures all of them in rounds.
func (b *setup) alone() error {
	fmt.Printf("\n## Alone\n\n| work | figure | bound | goal | |\n| --- | ---: | ---: | ---: | --- |\n")
	m := b.sizes.message
	for _, a := range []alone{
		{work: "10,000 recipients in one mail, 100 a transaction", bound: 2, goal: 1, measure: b.recipients},
		{work: fmt.Sprintf("quoted-printable of a text of %d MB, whole process", b.sizes.text>>20), octets: b.sizes.text,
			bound: atRate(b.sizes.text, 400e6), goal: atRate(b.sizes.text, 1e9), measure: b.quoted},
		{work: fmt.Sprintf("header scan and check of %d MB, in memory", m>>20), octets: m, bound: atRate(m, 2e9), goal: atRate(m, 4e9), measure: b.scan},
		{work: "the same, dot-stuffing and the dialogue, in memory", octets: m,
			bound: atRate(m, 2e9), goal: atRate(m, 4e9), measure: b.dialogue},
	} {
		if !b.wanted(a.work) {
			continue
		}
		var all []float64
		held := 0
		for range b.rounds {
			var round []float64
			for range b.runs {
				t, err := a.measure()
				if err != nil {
					return err
				}
				round = append(round, t)
			}
			t := median(round)
			all = append(all, t)
			if t <= a.bound {
				held++
			}
		}
		t := median(all)
		fmt.Printf("| %s | %s | %s | %s | %s, held in %d of %d |\n", a.work, a.figure(t), a.figure(a.bound), a.figure(a.goal), verdict(t, a.bound, a.goal), held, b.rounds)
	}
	return nil
}

// recipients delivers one mail to many.
func (b *setup) recipients() (float64, error) {
	const many = 10_000
	var list bytes.Buffer
	for i := range many {
		fmt.Fprintf(&list, "Bcc: user%d@example.org\n", i)
	}
	path := filepath.Join(b.dir, "many.eml")
	fmt.Fprintf(&list, "From: %s\nSubject: many\n\nHello.\n", from)
	if err := os.WriteFile(path, list.Bytes(), 0o600); err != nil {
		return 0, err
	}
	o, err := b.fed([]string{b.mailpipe, "deliver", "-S", "smtp://" + b.sink.addr, "--tls", "none"}, path).run()
	if err != nil {
		return 0, err
	}
	for served := 0; served < many; {
		m := <-b.sink.mails
		if m.to > 100 {
			return 0, fmt.Errorf("%d recipients in one transaction", m.to)
		}
		served += m.to
	}
	return o.Seconds, nil
}

// quoted composes a text that has accents.
func (b *setup) quoted() (float64, error) {
	o, err := b.fed([]string{b.mailpipe, "compose", "-f", from, "-t", to, "-s", "text"}, b.text).run()
	return o.Seconds, err
}

// scan reads and checks the message.
func (b *setup) scan() (float64, error) {
	return b.inMemory(func(m *message.Message) error {
		n, err := m.WriteTo(io.Discard)
		return b.allOf(n, err)
	})
}

// dialogue reads, checks and delivers it.
func (b *setup) dialogue() (float64, error) {
	return b.inMemory(func(m *message.Message) error {
		server := newDiscarder()
		defer close(server.replies)
		dial := func(context.Context) (net.Conn, error) { return server, nil }
		_, err := wire.Deliver(context.Background(), []wire.Server{{Name: "memory", Dial: dial, Security: wire.TLSNone}}, wire.Envelope{From: from, To: []string{to}, Size: -1}, m)
		return b.allOf(server.content-int64(len(".\r\n")), err)
	})
}

// allOf is err, or an error when n is not the size of the message.
func (b *setup) allOf(n int64, err error) error {
	if err != nil {
		return err
	}
	info, err := os.Stat(b.crlf)
	if err == nil && info.Size() != n {
		err = fmt.Errorf("%d octets of %d", n, info.Size())
	}
	return err
}

// inMemory reads the large message from memory and times that and what f does with it.
func (b *setup) inMemory(f func(*message.Message) error) (float64, error) {
	data, err := os.ReadFile(b.crlf)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	m, err := message.Read(bytes.NewReader(data), message.Options{})
	if err != nil {
		return 0, err
	}
	defer m.Close()
	err = f(m)
	return time.Since(began).Seconds(), err
}

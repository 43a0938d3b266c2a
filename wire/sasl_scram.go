package wire

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of the work that a server makes us do: the least of RFC 7677 §4, and
// what takes about a second.
const (
	minIterations = 4096
	maxIterations = 1 << 22
)

// A scram is our side of RFC 5802 (SHA-1) and RFC 7677 (SHA-256), without
// channel binding. A server that cannot prove that it knows the password is refused.
type scram struct {
	hash      func() hash.Hash
	secret    string
	nonce     string // ours
	first     string // client-first-message-bare
	signature []byte // what the server must say; nil before it was asked
	proved    bool
}

func scramMechanism(hash func() hash.Hash, user, secret string) (*mechanism, error) {
	s := &scram{hash: hash, secret: prepare(secret), nonce: rand.Text()}
	s.first = "n=" + saslName(prepare(user)) + ",r=" + s.nonce
	return &mechanism{initial: []byte("n,," + s.first), next: s.next, end: s.end}, nil
}

func (s *scram) next(challenge []byte) ([]byte, error) {
	switch {
	case s.signature == nil:
		return s.prove(string(challenge))
	case !s.proved:
		return nil, s.judge(string(challenge))
	}
	return nil, &protocolError{why: "a challenge after the last word of SCRAM"}
}

// prove answers server-first-message: nonce, salt and count of rounds.
func (s *scram) prove(challenge string) ([]byte, error) {
	fields := strings.Split(challenge, ",")
	if len(fields) < 3 || !strings.HasPrefix(fields[0], "r=") || !strings.HasPrefix(fields[1], "s=") || !strings.HasPrefix(fields[2], "i=") {
		return nil, &protocolError{why: "SCRAM: no nonce, salt and rounds in the challenge"}
	}
	nonce := fields[0][len("r="):]
	if len(nonce) <= len(s.nonce) || !strings.HasPrefix(nonce, s.nonce) {
		return nil, errors.New("SCRAM: the server's nonce does not begin with ours")
	}
	salt, err := base64.StdEncoding.DecodeString(fields[1][len("s="):])
	if err != nil {
		return nil, &protocolError{why: "SCRAM: the salt is not base64"}
	}
	rounds, err := strconv.Atoi(fields[2][len("i="):])
	if err != nil || rounds < minIterations || rounds > maxIterations {
		return nil, fmt.Errorf("SCRAM: the server asks for %s rounds, not for %d to %d", fields[2][len("i="):], minIterations, maxIterations)
	}
	salted, err := pbkdf2.Key(s.hash, s.secret, salt, rounds, s.hash().Size())
	if err != nil {
		return nil, fmt.Errorf("SCRAM: %w", err)
	}
	final := "c=biws,r=" + nonce // biws: n,, in base64
	message := s.first + "," + challenge + "," + final
	key := s.mac(salted, "Client Key")
	stored := s.hash()
	stored.Write(key)
	for i, b := range s.mac(stored.Sum(nil), message) {
		key[i] ^= b
	}
	s.signature = s.mac(s.mac(salted, "Server Key"), message)
	return []byte(final + ",p=" + base64.StdEncoding.EncodeToString(key)), nil
}

// judge reads server-final-message: the server's signature, or its error.
func (s *scram) judge(challenge string) error {
	field, _, _ := strings.Cut(challenge, ",")
	if why, refused := strings.CutPrefix(field, "e="); refused {
		return errors.New("SCRAM: the server says " + why)
	}
	text, _ := strings.CutPrefix(field, "v=")
	signature, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !hmac.Equal(signature, s.signature) {
		return errors.New("SCRAM: the server did not prove that it knows the password")
	}
	s.proved = true
	return nil
}

// end refuses a yes that came without the proof.
func (s *scram) end() error {
	if !s.proved {
		return errors.New("SCRAM: the server says yes but did not prove that it knows the password")
	}
	return nil
}

func (s *scram) mac(key []byte, message string) []byte {
	m := hmac.New(s.hash, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}

// prepare is SASLprep (RFC 4013) for a text to be compared: spaces become one
// kind, what has no meaning goes, and then NFKC. What it would forbid is left
// as it is: the server will know.
func prepare(s string) string {
	if !utf8.ValidString(s) { // octets of another charset: RFC 4013 knows nothing of them
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 0xAD, r == 0x34F, r == 0x1806, r >= 0x180B && r <= 0x180D, r >= 0x200B && r <= 0x200D, r == 0x2060,
			r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF: // RFC 3454 table B.1
			return -1
		case unicode.Is(unicode.Zs, r): // C.1.2
			return ' '
		}
		return r
	}, s)
	return norm.NFKC.String(s)
}

package wire

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"

	"mailpipe/internal/scram"
)

// Limits for the iteration count: fewer are insecure (RFC 7677 §4), more take
// longer than about a second.
const (
	minIterations = 4096
	maxIterations = 1 << 22
)

// A scramClient implements SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677)
// without channel binding. It rejects a server that does not prove that it
// knows the password.
type scramClient struct {
	name     string
	hash     func() hash.Hash
	user     string
	password string

	nonce       string // the client's part
	firstBare   string // client-first-message-bare
	signature   []byte // what the server must send; nil before server-first-message
	verified    bool   // the server has sent it
	serverError string // server-error, such as "invalid-proof"
}

func (s *scramClient) Start() (mech string, initial []byte, err error) {
	return s.name, s.start(rand.Text()), nil
}

// start returns client-first-message.
func (s *scramClient) start(nonce string) []byte {
	s.nonce = nonce
	s.firstBare = "n=" + saslName(scram.Prepare(s.user)) + ",r=" + nonce
	s.signature, s.verified, s.serverError = nil, false, ""
	return []byte("n,," + s.firstBare)
}

func (s *scramClient) Next(challenge []byte) ([]byte, error) {
	switch {
	case s.signature == nil:
		return s.prove(string(challenge))
	case !s.verified && s.serverError == "":
		return nil, s.verify(string(challenge))
	}
	return nil, sasl.ErrUnexpectedServerChallenge
}

// prove reads server-first-message and returns client-final-message.
func (s *scramClient) prove(serverFirst string) ([]byte, error) {
	nonce, salt, iterations, err := parseServerFirst(serverFirst)
	if err != nil {
		return nil, err
	}
	if len(nonce) <= len(s.nonce) || !strings.HasPrefix(nonce, s.nonce) {
		return nil, errors.New("SCRAM: the server's nonce does not begin with the client's")
	}
	finalWithoutProof := "c=biws,r=" + nonce // biws is n,, in base64
	message := s.firstBare + "," + serverFirst + "," + finalWithoutProof
	proof, signature, err := scram.Sign(s.hash, s.password, salt, iterations, message)
	if err != nil {
		return nil, fmt.Errorf("SCRAM: %w", err)
	}
	s.signature = signature
	return []byte(finalWithoutProof + ",p=" + base64.StdEncoding.EncodeToString(proof)), nil
}

func parseServerFirst(message string) (nonce string, salt []byte, iterations int, err error) {
	fields := strings.Split(message, ",")
	if len(fields) < 3 {
		return "", nil, 0, errServerFirst
	}
	nonce, isNonce := strings.CutPrefix(fields[0], "r=")
	encodedSalt, isSalt := strings.CutPrefix(fields[1], "s=")
	count, isCount := strings.CutPrefix(fields[2], "i=")
	if !isNonce || !isSalt || !isCount {
		return "", nil, 0, errServerFirst
	}
	salt, err = base64.StdEncoding.DecodeString(encodedSalt)
	if err != nil {
		return "", nil, 0, &protocolError{why: "SCRAM: the salt is not valid base64"}
	}
	iterations, err = strconv.Atoi(count)
	if err != nil || iterations < minIterations || iterations > maxIterations {
		return "", nil, 0, fmt.Errorf("SCRAM: unsupported iteration count %s: must be from %d to %d",
			count, minIterations, maxIterations)
	}
	return nonce, salt, iterations, nil
}

var errServerFirst = &protocolError{
	why: "SCRAM: the challenge does not begin with a nonce, a salt and an iteration count",
}

// verify reads server-final-message, which has the server's signature or its
// error.
func (s *scramClient) verify(serverFinal string) error {
	field, _, _ := strings.Cut(serverFinal, ",")
	serverError, failed := strings.CutPrefix(field, "e=")
	if failed && serverError != "" {
		s.serverError = serverError
		return nil
	}
	encoded, _ := strings.CutPrefix(field, "v=")
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !hmac.Equal(signature, s.signature) {
		return errNotProved
	}
	s.verified = true
	return nil
}

var errNotProved = errors.New("SCRAM: the server did not prove that it knows the password")

// Finish returns an error if the server accepted the login without a valid
// signature. After a refusal it returns the server-error.
func (s *scramClient) Finish(accepted bool) error {
	switch {
	case accepted && !s.verified:
		return errNotProved
	case !accepted && s.serverError != "":
		return errors.New("SCRAM: server error " + s.serverError)
	}
	return nil
}

package submit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"mailpipe/internal/scram"
)

// scramIterations is the iteration count (RFC 7677 §4).
const scramIterations = 4096

// scramSHA256 implements SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding.
func scramSHA256(l *Login, ask func(string) (string, error)) (bool, error) {
	first, err := ask("")
	if err != nil {
		return false, err
	}
	bare, ok := strings.CutPrefix(first, "n,,")
	if !ok {
		bare, ok = strings.CutPrefix(first, "y,,")
	}
	fields := strings.Split(bare, ",")
	if !ok || len(fields) < 2 || !strings.HasPrefix(fields[0], "n=") || !strings.HasPrefix(fields[1], "r=") {
		return false, errResponse
	}
	user := strings.NewReplacer("=2C", ",", "=3D", "=").Replace(fields[0][len("n="):])
	nonce := fields[1][len("r="):] + rand.Text()
	salt := []byte(rand.Text())
	serverFirst := fmt.Sprintf("r=%s,s=%s,i=%d", nonce, base64.StdEncoding.EncodeToString(salt), scramIterations)
	final, err := ask(serverFirst)
	if err != nil {
		return false, err
	}
	withoutProof, proof, _ := strings.Cut(final, ",p=")
	header := base64.StdEncoding.EncodeToString([]byte(first[:len("n,,")]))
	if withoutProof != "c="+header+",r="+nonce {
		return false, errResponse
	}
	message := bare + "," + serverFirst + "," + withoutProof
	want, signature, err := scram.Sign(sha256.New, l.Password, salt, scramIterations, message)
	if err != nil {
		return false, err
	}
	got, err := base64.StdEncoding.DecodeString(proof)
	if err != nil || !hmac.Equal(got, want) || user != scram.Prepare(l.User) {
		return false, nil
	}
	_, err = ask("v=" + base64.StdEncoding.EncodeToString(signature))
	return true, err
}

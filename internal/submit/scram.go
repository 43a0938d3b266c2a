package submit

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"

	"mailpipe/internal/saslprep"
)

// scramIterations is the iteration count (RFC 7677 §4).
const scramIterations = 4096

// scram implements SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding.
func scram(l *Login, ask func(string) (string, error)) (bool, error) {
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
	salted, err := pbkdf2.Key(sha256.New, saslprep.Prepare(l.Password), salt, scramIterations, sha256.Size)
	if err != nil {
		return false, err
	}
	message := bare + "," + serverFirst + "," + withoutProof
	want := mac(salted, "Client Key")
	storedKey := sha256.Sum256(want)
	for i, b := range mac(storedKey[:], message) {
		want[i] ^= b
	}
	got, err := base64.StdEncoding.DecodeString(proof)
	if err != nil || !hmac.Equal(got, want) || user != saslprep.Prepare(l.User) {
		return false, nil
	}
	signature := mac(mac(salted, "Server Key"), message)
	_, err = ask("v=" + base64.StdEncoding.EncodeToString(signature))
	return true, err
}

func mac(key []byte, message string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(message))
	return m.Sum(nil)
}

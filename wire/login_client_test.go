package wire

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// ownClient is a mechanism of the caller's own, with two challenges.
type ownClient struct {
	startErr, nextErr error
	starts            int
	finished          []bool // the arguments of Finish
	finishErr         error
}

func (o *ownClient) Start() (string, []byte, error) {
	o.starts++
	return "X-OWN", []byte("first"), o.startErr
}

func (o *ownClient) Next(challenge []byte) ([]byte, error) {
	return []byte("answer to " + string(challenge)), o.nextErr
}

func (o *ownClient) Finish(accepted bool) error {
	o.finished = append(o.finished, accepted)
	return o.finishErr
}

func TestOwnMechanism(t *testing.T) {
	errOwn := errors.New("own error")
	for _, test := range []struct {
		name     string
		client   *ownClient
		offers   string
		dialogue string
		err      string // empty: the login succeeds
		is       error
		finished []bool
	}{
		{"accepted", &ownClient{}, "AUTH PLAIN x-own", `
			C: AUTH X-OWN base64("first")
			S: 334 base64("one")
			C: base64("answer to one")
			S: 235 in`, "", nil, []bool{true}},
		{"unproved", &ownClient{finishErr: errOwn}, "AUTH X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 235 in`, "test: AUTH: own error", errOwn, []bool{true}},
		{"refused", &ownClient{}, "AUTH PLAIN X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 535 no
			C: QUIT
			S: 221 bye`, "test: AUTH: 535 no", nil, []bool{false}},
		{"refused with a reason", &ownClient{finishErr: errOwn}, "AUTH X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 334 base64("reason")
			C: base64("answer to reason")
			S: 535 no
			C: QUIT
			S: 221 bye`, "test: AUTH: own error: 535 no", errOwn, []bool{false}},
		{"cancelled", &ownClient{nextErr: errOwn}, "AUTH X-OWN", `
			C: AUTH X-OWN base64("first")
			S: 334 base64("one")
			C: *
			S: 501 cancelled
			C: QUIT
			S: 221 bye`, "test: AUTH: own error: 501 cancelled", errOwn, nil},
		{"cannot start", &ownClient{startErr: errOwn}, "AUTH X-OWN", "", "test: AUTH: own error", errOwn, nil},
		{"not offered", &ownClient{}, "AUTH PLAIN", "",
			"test: AUTH: no usable login mechanism: the server offers PLAIN, not X-OWN", ErrNoLogin, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			events, err := logInByScript(t, Login{Client: test.client}, test.offers, test.dialogue)
			if test.err == "" && err != nil || test.err != "" && (err == nil || err.Error() != test.err) {
				t.Errorf("%v, want %q", err, test.err)
			}
			var e *Error
			if err != nil && (!errors.As(err, &e) || e.Kind != KindAuthOrTLS || test.is != nil && !errors.Is(err, test.is)) {
				t.Errorf("%#v", err)
			}
			if test.client.starts != 1 || !slices.Equal(test.client.finished, test.finished) {
				t.Errorf("started %d times, finished %v", test.client.starts, test.client.finished)
			}
			for _, event := range events {
				for _, response := range []string{"first", "answer to one"} {
					if strings.Contains(event.Text, encodeBase64(response)) {
						t.Errorf("the trace shows %q", event.Text)
					}
				}
			}
		})
	}
}

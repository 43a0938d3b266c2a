package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// An error of Convert ends the delivery before MAIL.
func TestConvertFails(t *testing.T) {
	errConvert := errors.New("cannot be converted")
	d := newDelivery(NewSession(nil), &Mail{
		Envelope: Envelope{To: []string{"b@x.org"}, UTF8: "Subject"},
		Content:  strings.NewReader("Subject: é\n\n"),
		Convert: func(e Envelope, eightBit bool) (Envelope, io.WriterTo, error) {
			if !eightBit {
				t.Error("eightBit is false, but the server offers 8BITMIME")
			}
			return e, nil, errConvert
		},
	})
	c := &Client{extensions: map[string]string{"8BITMIME": ""}}
	err := d.convert(c)
	if e := asError(err); !errors.Is(err, errConvert) || e.Kind != KindBadMessage || e.Stage != StageMail {
		t.Errorf("convert returned %v", err)
	}
	if err := d.convert(c); err != nil {
		t.Errorf("Convert was called twice: %v", err)
	}
}
